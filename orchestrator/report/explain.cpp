#include "report/explain.h"

#include "report/audit_json.h"
#include "report/audit_text.h"
#include "report/verdict_text.h"
#include "support/text.h"

#include <algorithm>
#include <map>
#include <set>

namespace killify {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kShortestId = 4;  // a shorter beginning of an id is a name, or a slip

std::vector<const std::vector<Hop>*> chains_of(const Finding& finding) {
  std::vector<const std::vector<Hop>*> chains{&finding.chain};
  for (const auto& chain : finding.other_chains) chains.push_back(&chain);
  return chains;
}

bool is_about(const Finding& finding, const std::string& question) {
  if (question.size() >= kShortestId && finding.id.starts_with(question)) return true;
  if (finding.handler.function == question ||
      std::ranges::any_of(sinks_of(finding), [&](const SinkCall& sink) {
        return sink.function == question || sink.name == question;
      }))
    return true;
  auto chains = chains_of(finding);
  return std::any_of(chains.begin(), chains.end(), [&](const std::vector<Hop>* chain) {
    return std::any_of(chain->begin(), chain->end(),
                       [&](const Hop& hop) { return hop.function == question; });
  });
}

std::vector<std::string> known_names(const Audit& audit) {
  std::set<std::string> names;
  for (const auto& handler : audit.handlers) names.insert(handler.function);
  for (const auto& finding : audit.findings) {
    names.insert(finding.id);
    for (const auto& sink : sinks_of(finding)) names.insert(sink.name);
    for (const auto* chain : chains_of(finding))
      for (const auto& hop : *chain) names.insert(hop.function);
  }
  return {names.begin(), names.end()};
}

// Lines of the tree's files, each file read once.
class Sources {
 public:
  explicit Sources(const ReadSource& read) : read_(read) {}

  // "" for a line that the file does not have.
  Result<std::string> line(const std::string& file, int number) {
    auto known = files_.find(file);
    if (known == files_.end()) {
      KILLIFY_TRY(auto text, read_(file));
      known = files_.emplace(file, split_lines(text)).first;
    }
    auto index = static_cast<std::size_t>(number) - 1;
    if (number < 1 || index >= known->second.size()) return std::string();
    return std::string(trim(known->second[index]));
  }

 private:
  const ReadSource& read_;
  std::map<std::string, std::vector<std::string>> files_;
};

class TextWriter {
 public:
  TextWriter(Sources& sources, const CampaignWords& words, const Paint& paint, std::size_t width)
      : sources_(sources), words_(words), paint_(paint), width_(width) {}

  Status finding(const Finding& finding, const Planned* planned) {
    text_ += fmt::format("{} {}  {}\n", paint_.bold("finding " + finding.id),
                         painted_verdict(finding.verdict, paint_),
                         verdict_title(finding.verdict, words_));
    handler(finding.handler);
    sink("sleep", finding.sink);
    for (const auto& one : finding.also) sink("also", one);
    text_ += fmt::format("  interruptible: {}\n", condition_text(finding.condition));
    KILLIFY_CHECK(chain("The shortest way", finding, finding.chain));
    for (std::size_t i = 0; i < finding.other_chains.size(); ++i)
      KILLIFY_CHECK(chain(fmt::format("Another way ({} of {})", i + 1, finding.other_chains.size()),
                          finding, finding.other_chains[i]));
    paragraph("On a signal", signal_consequence(finding, words_));
    paragraph("Why " + std::string(verdict_name(finding.verdict)),
              finding.reason.empty() ? "no reason was recorded" : finding.reason);
    paragraph("What to do", verdict_advice(finding.verdict, words_));
    if (planned != nullptr) paragraph("What the plan does", planned_text(*planned));
    return {};
  }

  void sink(std::string_view what, const SinkCall& sink) {
    text_ += fmt::format("  {:<8} {}() in {}(){}, {}:{}\n", what, sink.name, sink.function,
                         sink.object.empty() ? "" : " on " + sink.object, sink.file, sink.line);
  }

  void handler(const Handler& handler) {
    text_ += fmt::format("  handler  {}(), {}:{}; {} in {}:{}\n", handler.function, handler.file,
                         handler.line, how_registered(handler), handler.registered_in,
                         handler.registered_line);
  }

  // What is not known of where it leads, the nearest first.
  void unresolved(const Explanation& explanation) {
    constexpr std::size_t kShown = 10;
    if (explanation.unresolved.empty()) return;
    text_ += fmt::format("\n  {}\n", paint_.bold("Not followed, in functions that it can come to"));
    for (std::size_t i = 0; i < explanation.unresolved.size() && i < kShown; ++i)
      text_ += fmt::format("    {}\n", unresolved_line(explanation.unresolved[i]));
    if (explanation.unresolved.size() > kShown)
      text_ += fmt::format("    and {} more; --format=json lists them\n",
                           explanation.unresolved.size() - kShown);
  }

  void line(const std::string& text) { text_ += text + '\n'; }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  static std::string condition_text(const std::string& condition) {
    if (condition == "always") return "always, by the primitive";
    if (condition == "true") return "yes, by what it is given on this way";
    if (condition == "false") return "no, by what it is given on this way";
    return "not known";
  }

  Status chain(const std::string& title, const Finding& finding, const std::vector<Hop>& chain) {
    text_ += fmt::format("\n  {}, {}:\n", title, counted(chain.size(), "call"));
    for (std::size_t i = 0; i < chain.size(); ++i) {
      const auto& hop = chain[i];
      text_ += fmt::format("    {}() {}\n", hop.function,
                           paint_.dim(fmt::format("{}:{}", hop.file, hop.line)));
      KILLIFY_TRY(auto source, sources_.line(hop.file, hop.line));
      if (!source.empty()) text_ += fmt::format("        {}\n", paint_.cyan(source));
      if (!hop.values.empty()) text_ += fmt::format("        with {}\n", join(hop.values, ", "));
      auto edge = edge_text(hop);
      if (!edge.empty())
        text_ += fmt::format("        {}: {}()\n", edge,
                             i + 1 < chain.size() ? chain[i + 1].function : finding.sink.name);
    }
    return {};
  }

  void paragraph(const std::string& title, const std::string& prose) {
    text_ += fmt::format("\n  {}\n", paint_.bold(title));
    for (const auto& one : split_lines(fill(prose, width_ - 4)))
      text_ += fmt::format("    {}\n", one);
  }

  Sources& sources_;
  const CampaignWords& words_;
  const Paint& paint_;
  std::size_t width_;
  std::string text_;
};

}  // namespace

Result<Explanation> find_explanation(const AuditedTree& tree, const std::string& question) {
  const auto& audit = tree.audit;
  Explanation explanation{.question = question,
                          .words = tree.words,
                          .handlers = {},
                          .findings = {},
                          .notes = {},
                          .planned = {},
                          .unanswered = audit.coverage.unanswered,
                          .unresolved = {}};
  for (const auto& handler : audit.handlers)
    if (handler.function == question) explanation.handlers.push_back(handler);
  for (const auto& call : audit.coverage.unresolved)
    if (std::ranges::any_of(call.handlers, [&](std::size_t handler) {
          return audit.handlers[handler].function == question;
        }))
      explanation.unresolved.push_back(call);
  explanation.all_known =
      explanation.unresolved.empty() && is_all_parsed(audit.coverage) && audit.coverage.edge == 0;
  for (const auto& note : audit.notes)
    if (note.handler.function == question) explanation.notes.push_back(note);
  for (const auto& finding : audit.findings)
    if (is_about(finding, question)) explanation.findings.push_back(finding);
  for (const auto& finding : explanation.findings)
    if (const auto planned = tree.planned.find(finding.id); planned != tree.planned.end())
      explanation.planned.insert(*planned);
  if (explanation.handlers.empty() && explanation.findings.empty())
    return fail(
        "{}: no {}, no function on the way from one to a sleep, and no id of a "
        "finding{}; killify audit lists the findings",
        question, tree.words.root, did_you_mean(question, known_names(audit)));
  return explanation;
}

Result<std::string> explain_text(const Explanation& explanation, const ReadSource& read,
                                 const Paint& paint, std::size_t width) {
  constexpr std::size_t kUsual = 100;
  constexpr std::size_t kNarrowestText = 40;
  Sources sources(read);
  TextWriter writer(sources, explanation.words, paint,
                    width == 0 ? kUsual : std::max(width, kNarrowestText));
  if (explanation.findings.empty()) {
    if (explanation.unanswered == 0)
      writer.line(fmt::format(
          "{}(): no interruptible sleep is {} from this {}", explanation.question,
          explanation.all_known ? "reached" : "found on the ways", explanation.words.root));
    else
      writer.line(
          fmt::format("{}(): whether this {} sleeps interruptibly is not known: spatch "
                      "gave no answer to {} of the audit",
                      explanation.question, explanation.words.root,
                      counted(explanation.unanswered, "question")));
    for (const auto& handler : explanation.handlers) writer.handler(handler);
    writer.unresolved(explanation);
    if (!explanation.all_known)
      writer.line(
          "What was not parsed or followed may hide one: killify audit ends with the coverage.");
    for (const auto& note : explanation.notes) writer.line("Note: " + note_text(note));
    return writer.take();
  }
  bool first = true;
  for (const auto& finding : explanation.findings) {
    if (!first) writer.line("");
    first = false;
    const auto planned = explanation.planned.find(finding.id);
    KILLIFY_CHECK(
        writer.finding(finding, planned == explanation.planned.end() ? nullptr : &planned->second));
  }
  writer.unresolved(explanation);
  for (const auto& note : explanation.notes) writer.line("Note: " + note_text(note));
  return writer.take();
}

Result<std::string> explain_json(const AuditedTree& tree, const Explanation& explanation,
                                 const ReadSource& read) {
  Sources sources(read);
  ordered_json json{{"schema", "killify.explain/1"},
                    {"tree", tree_json(tree)},
                    {"series", tree.series},
                    {"question", explanation.question}};
  json["handlers"] = ordered_json::array();
  for (const auto& handler : explanation.handlers)
    json["handlers"].push_back(handler_json(handler));
  json["unresolved"] = ordered_json::array();
  for (const auto& call : explanation.unresolved)
    json["unresolved"].push_back(unresolved_json(call));
  json["notes"] = ordered_json::array();
  for (const auto& note : explanation.notes) json["notes"].push_back(note_json(note));
  json["findings"] = ordered_json::array();
  for (const auto& finding : explanation.findings) {
    auto one = finding_json(finding);
    const auto add_sources = [&](ordered_json& chain) -> Status {
      for (auto& hop : chain) {
        KILLIFY_TRY(hop["source"],
                    sources.line(hop["file"].get<std::string>(), hop["line"].get<int>()));
      }
      return {};
    };
    KILLIFY_CHECK(add_sources(one["chain"]));
    for (auto& chain : one["other_chains"]) KILLIFY_CHECK(add_sources(chain));
    one["consequence"] = signal_consequence(finding, tree.words);
    one["advice"] = verdict_advice(finding.verdict, tree.words);
    if (const auto planned = explanation.planned.find(finding.id);
        planned != explanation.planned.end())
      one["planned"] = planned_json(planned->second);
    json["findings"].push_back(std::move(one));
  }
  return json_text(json);
}

}  // namespace killify
