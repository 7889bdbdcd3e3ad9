#include "report/sarif.h"

#include "report/audit_json.h"
#include "report/verdict_text.h"
#include "support/text.h"

#include <algorithm>
#include <array>
#include <map>

namespace killify {
namespace {

using nlohmann::ordered_json;

constexpr const char* kRoot = "TREE";  // the uriBaseId of all paths

constexpr std::array kVerdicts = {Verdict::kConvert, Verdict::kThread, Verdict::kReview,
                                  Verdict::kSuppressed, Verdict::kSafe};

std::string rule_id(Verdict verdict) {
  return fmt::format("killify/{}", verdict_name(verdict));
}

std::string rule_id(NoteKind kind) {
  return fmt::format("killify/note/{}", note_name(kind));
}

// SARIF: a result of any kind but "fail" has the level "none".
const char* kind_of(Verdict verdict) {
  if (verdict == Verdict::kReview) return "review";
  return verdict == Verdict::kSafe ? "pass" : "fail";
}

const char* level_of(Verdict verdict) {
  return std::string_view(kind_of(verdict)) == "fail" ? "warning" : "none";
}

ordered_json message(const std::string& text) {
  return {{"text", text}};
}

// A path as a URI reference: what is not allowed in one is written as %XX.
std::string uri_of(const std::string& path) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/+,@";
  std::string uri;
  for (char c : path) {
    if (kPlain.find(c) != kPlain.npos)
      uri += c;
    else
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri;
}

class Sarif {
 public:
  explicit Sarif(const AuditedTree& tree) : tree_(tree) {
    for (const auto& finding : tree.audit.findings) {
      files_[finding.handler.file];
      for (const auto& sink : sinks_of(finding)) files_[sink.file];
      for (const auto& hop : finding.chain) files_[hop.file];
      for (const auto& chain : finding.other_chains)
        for (const auto& hop : chain) files_[hop.file];
    }
    for (const auto& note : tree.audit.notes) files_[note.file];
    for (const auto& lost : tree.audit.coverage.lost) files_[lost.file];
    std::size_t index = 0;
    for (auto& [file, number] : files_) number = index++;
  }

  [[nodiscard]] ordered_json run(std::string_view killify_version) const {
    ordered_json run;
    run["tool"]["driver"] = {{"name", "killify"}, {"version", killify_version}, {"rules", rules()}};
    run["invocations"] = ordered_json::array({invocation()});
    run["originalUriBaseIds"][kRoot]["description"] = message("The root of the kernel tree");
    run["artifacts"] = ordered_json::array();
    for (const auto& [file, index] : files_)
      run["artifacts"].push_back({{"location", artifact(file)}, {"sourceLanguage", "c"}});
    run["results"] = ordered_json::array();
    for (const auto& finding : tree_.audit.findings) run["results"].push_back(result(finding));
    for (const auto& note : tree_.audit.notes) run["results"].push_back(result(note));
    run["columnKind"] = "unicodeCodePoints";
    run["properties"] = {{"commit", tree_.commit},
                         {"kernelVersion", tree_.kernel_version},
                         {"series", tree_.series}};
    return run;
  }

 private:
  [[nodiscard]] ordered_json rules() const {
    auto rules = ordered_json::array();
    for (auto verdict : kVerdicts) {
      ordered_json rule{{"id", rule_id(verdict)}};
      rule["shortDescription"] = message(verdict_title(verdict, tree_.words));
      rule["help"] = message(verdict_advice(verdict, tree_.words));
      rule["defaultConfiguration"]["level"] = level_of(verdict);
      rules.push_back(std::move(rule));
    }
    for (auto kind : kNoteKinds) {
      ordered_json rule{{"id", rule_id(kind)}};
      rule["shortDescription"] = message(note_title(kind));
      rule["help"] = message("No plan looks at it: whether it sleeps or not, read that place.");
      rule["defaultConfiguration"]["level"] = "note";
      rules.push_back(std::move(rule));
    }
    return rules;
  }

  [[nodiscard]] ordered_json artifact(const std::string& file) const {
    return {{"uri", uri_of(file)}, {"uriBaseId", kRoot}, {"index", files_.at(file)}};
  }

  // A function's definition or a sleep may have no line: then the whole file is meant.
  [[nodiscard]] ordered_json location(const std::string& file, const LineRange& lines,
                                      const std::string& function) const {
    ordered_json json;
    json["physicalLocation"]["artifactLocation"] = artifact(file);
    if (lines.first > 0) {
      json["physicalLocation"]["region"]["startLine"] = lines.first;
      if (lines.last > lines.first) json["physicalLocation"]["region"]["endLine"] = lines.last;
    }
    if (!function.empty())
      json["logicalLocations"] = ordered_json::array({{{"name", function}, {"kind", "function"}}});
    return json;
  }

  [[nodiscard]] ordered_json code_flow(const Finding& finding,
                                       const std::vector<Hop>& chain) const {
    auto locations = ordered_json::array();
    for (std::size_t i = 0; i < chain.size(); ++i) {
      const auto& hop = chain[i];
      bool last = i + 1 == chain.size();
      auto text = fmt::format("{}() calls {}()", hop.function,
                              last ? finding.sink.name : chain[i + 1].function);
      if (hop.edge != "direct")
        text += fmt::format(" ({}{}{})", hop.edge, hop.through.empty() ? "" : " ", hop.through);
      if (!hop.values.empty()) text += fmt::format(", {}", fmt::join(hop.values, ", "));
      auto place = location(hop.file, {hop.line, hop.line}, hop.function);
      place["message"] = message(text);
      locations.push_back({{"location", std::move(place)},
                           {"nestingLevel", i},
                           {"importance", last ? "essential" : "important"}});
    }
    ordered_json thread;
    thread["locations"] = std::move(locations);
    ordered_json flow;
    flow["threadFlows"] = ordered_json::array({std::move(thread)});
    return flow;
  }

  [[nodiscard]] ordered_json result(const Finding& finding) const {
    ordered_json json{{"ruleId", rule_id(finding.verdict)},
                      {"ruleIndex", rule_index(finding.verdict)},
                      {"kind", kind_of(finding.verdict)},
                      {"level", level_of(finding.verdict)}};
    json["message"] = message(fmt::format(
        "{}() sleeps in {}(), which the {} {}() reaches by {} call{}; on a signal: {}. "
        "{}: {}",
        finding.sink.function, finding.sink.name, tree_.words.root, finding.handler.function,
        finding.chain.size(), finding.chain.size() == 1 ? "" : "s", signal_text(finding),
        verdict_name(finding.verdict), finding.reason));
    json["locations"] = ordered_json::array({location(
        finding.sink.file, {finding.sink.line, finding.sink.line}, finding.sink.function)});
    for (const auto& sink : finding.also) {
      auto place = location(sink.file, {sink.line, sink.line}, sink.function);
      place["message"] = message(fmt::format("The same look answers {}()", sink.name));
      json["relatedLocations"].push_back(std::move(place));
    }
    json["codeFlows"] = ordered_json::array({code_flow(finding, finding.chain)});
    for (const auto& chain : finding.other_chains)
      json["codeFlows"].push_back(code_flow(finding, chain));
    json["partialFingerprints"]["killifyFinding/v1"] = finding.id;
    if (finding.verdict == Verdict::kSuppressed)
      json["suppressions"] =
          ordered_json::array({{{"kind", "inSource"}, {"justification", finding.reason}}});
    if (const auto waived = tree_.waived.find(finding.id); waived != tree_.waived.end())
      json["suppressions"] =
          ordered_json::array({{{"kind", "external"},
                                {"justification", fmt::format("{} (by {})", waived->second.reason,
                                                              waived->second.by)}}});
    json["properties"] = {{"handler", finding.handler.function},
                          {"sink", finding.sink.name},
                          {"condition", finding.condition},
                          {"onSignal", finding.on_signal}};
    if (!finding.mmap_lock.empty()) json["properties"]["mmapLock"] = finding.mmap_lock;
    return json;
  }

  [[nodiscard]] ordered_json result(const Note& note) const {
    ordered_json json{{"ruleId", rule_id(note.kind)},
                      {"ruleIndex", rule_index(note.kind)},
                      {"kind", "fail"},
                      {"level", "note"}};
    json["message"] = message(
        fmt::format("{} {}(): {}", tree_.words.root, note.handler.function, note_text(note)));
    json["locations"] =
        ordered_json::array({location(note.file, {note.line, note.line}, note.function)});
    json["partialFingerprints"]["killifyFinding/v1"] = note.id;
    json["properties"] = {{"handler", note.handler.function}, {"way", note.way}};
    return json;
  }

  // The rules are those of the verdicts, and behind them those of the notes.
  static std::size_t rule_index(Verdict verdict) {
    return static_cast<std::size_t>(std::ranges::find(kVerdicts, verdict) - kVerdicts.begin());
  }
  static std::size_t rule_index(NoteKind kind) {
    return kVerdicts.size() +
           static_cast<std::size_t>(std::ranges::find(kNoteKinds, kind) - kNoteKinds.begin());
  }

  [[nodiscard]] ordered_json invocation() const {
    const auto& coverage = tree_.audit.coverage;
    auto notifications = ordered_json::array();
    notifications.push_back(
        {{"level", "note"},
         {"message",
          message(fmt::format("{} files read: {} parsed whole, {} in part, {} failed, {} "
                              "timed out; {} of spatch unanswered",
                              coverage.files, coverage.complete, coverage.partial, coverage.failed,
                              coverage.timed_out, counted(coverage.unanswered, "question")))}});
    for (const auto& note : coverage.notes)
      notifications.push_back({{"level", "warning"}, {"message", message(note)}});
    for (const auto& [file, lines] : coverage.lost)
      notifications.push_back(
          {{"level", "warning"},
           {"message", message("These lines could not be parsed: calls in them may be missing")},
           {"locations", ordered_json::array({location(file, lines, "")})}});
    return {{"executionSuccessful", coverage.unanswered == 0},
            {"toolExecutionNotifications", std::move(notifications)}};
  }

  const AuditedTree& tree_;
  std::map<std::string, std::size_t> files_;  // to the index in "artifacts"
};

}  // namespace

std::string audit_sarif(const AuditedTree& tree, std::string_view killify_version) {
  ordered_json log{
      {"$schema",
       "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"},
      {"version", "2.1.0"}};
  log["runs"] = ordered_json::array({Sarif(tree).run(killify_version)});
  return json_text(log);
}

}  // namespace killify
