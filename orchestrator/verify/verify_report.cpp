#include "verify/verify_report.h"

#include "support/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace killify {
namespace {

using nlohmann::ordered_json;

constexpr std::array<std::pair<BuildStatus, std::string_view>, 6> kStatusNames{{
    {BuildStatus::kBuilt, "built"},
    {BuildStatus::kFailed, "failed"},
    {BuildStatus::kFailedBefore, "failed_before"},
    {BuildStatus::kNotEnabled, "not_enabled"},
    {BuildStatus::kNotJudged, "not_judged"},
    {BuildStatus::kNothing, "nothing_to_build"},
}};

// git's own default length of an abbreviated commit id in a large repository.
constexpr std::size_t kShortOid = 12;

ordered_json object_json(const ObjectResult& object) {
  ordered_json json{{"path", object.object.empty() ? object.source : object.object},
                    {"source", object.source},
                    {"status", build_status_name(object.status)}};
  if (!object.reason.empty()) json["reason"] = object.reason;
  if (!object.error.text.empty())
    json["error"] = {{"file", object.error.file},
                     {"line", object.error.line},
                     {"text", object.error.text},
                     {"block", object.error.block}};
  return json;
}

ordered_json build_json(const BuildResult& build) {
  ordered_json objects = ordered_json::array();
  for (const ObjectResult& object : build.objects) objects.push_back(object_json(object));
  return {{"config", build.configuration},
          {"arch", build.arch},
          {"compiler", build.compiler},
          {"objects", std::move(objects)},
          {"seconds", build.seconds},
          {"cached", build.cached},
          {"log", build.log}};
}

// A compiler's message may quote any bytes of a source.
std::string dump(const ordered_json& json) {
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string indented(std::string_view text, std::string_view by) {
  std::string out;
  for (const std::string& line : split_lines(text)) out += fmt::format("{}{}\n", by, line);
  return out;
}

std::string painted(BuildStatus status, std::string_view word, const Paint& paint) {
  switch (status) {
    case BuildStatus::kBuilt:
      return paint.green(word);
    case BuildStatus::kFailed:
      return paint.red(word);
    case BuildStatus::kFailedBefore:
    case BuildStatus::kNotJudged:
      return paint.yellow(word);
    case BuildStatus::kNotEnabled:
    case BuildStatus::kNothing:
      break;
  }
  return paint.dim(word);
}

// "drivers/x.o" for drivers/x.c; "drivers/x.h (in drivers/y.o)" where the object is another one's.
std::string name_of(const ObjectResult& object) {
  if (object.object.empty()) return object.source;
  const auto stem = [](const std::string& path) { return path.substr(0, path.rfind('.')); };
  if (stem(object.object) == stem(object.source)) return object.object;
  return fmt::format("{} (in {})", object.source, object.object);
}

std::string object_text(const ObjectResult& object, const Paint& paint) {
  std::string words(build_status_name(object.status));
  std::replace(words.begin(), words.end(), '_', ' ');
  std::string text = fmt::format("    {:<16} {}", words, name_of(object));
  text.replace(4, words.size(), painted(object.status, words, paint));
  if (!object.reason.empty()) text += ": " + object.reason;
  text += '\n';
  if (!object.error.text.empty())
    text += indented(object.error.block.empty() ? object.error.text : object.error.block, "      ");
  return text;
}

std::string build_text(const BuildResult& build, const Paint& paint) {
  std::string text = "  " + paint.cyan(build.configuration);
  if (build.cached)
    text += paint.dim(" (judged by an earlier run)");
  else if (!build.log.empty())
    text += paint.dim(fmt::format(" ({:.1f} s)", build.seconds));
  text += '\n';
  if (build.compiler.empty() && !build.objects.empty())
    return text +
           fmt::format("    {}: {}\n", paint.yellow("not judged"), build.objects.front().reason);
  bool log_wanted = false;
  for (const ObjectResult& object : build.objects) {
    text += object_text(object, paint);
    log_wanted |= object.status != BuildStatus::kBuilt && object.status != BuildStatus::kNothing;
  }
  if (log_wanted && !build.log.empty()) text += paint.dim("    log: " + build.log) + '\n';
  return text;
}

std::string verdict_word(CommitVerdict verdict, const Paint& paint) {
  switch (verdict) {
    case CommitVerdict::kGood:
      return paint.green("good");
    case CommitVerdict::kFailed:
      return paint.red("fails");
    case CommitVerdict::kNotJudged:
      break;
  }
  return paint.yellow("could not be judged");
}

}  // namespace

std::string_view build_status_name(BuildStatus status) {
  for (const auto& [value, name] : kStatusNames)
    if (value == status) return name;
  return "not_judged";
}

CommitVerdict CommitResult::verdict() const {
  std::map<std::string, bool> built;  // by file that a compiler reads
  bool unjudged = builds.empty();
  for (const BuildResult& build : builds) {
    for (const ObjectResult& object : build.objects) {
      if (object.status == BuildStatus::kFailed) return CommitVerdict::kFailed;
      if (object.status == BuildStatus::kNothing) continue;
      built[object.source] |= object.status == BuildStatus::kBuilt;
      // A compiler that is not installed leaves open only what no other configuration builds.
      unjudged |= object.status == BuildStatus::kFailedBefore ||
                  (object.status == BuildStatus::kNotJudged && !build.compiler.empty());
    }
  }
  const bool all_built =
      std::all_of(built.begin(), built.end(), [](const auto& entry) { return entry.second; });
  return unjudged || !all_built ? CommitVerdict::kNotJudged : CommitVerdict::kGood;
}

Exit VerifyReport::exit() const {
  Exit exit = Exit::kOk;
  for (const CommitResult& commit : commits) {
    if (commit.verdict() == CommitVerdict::kFailed) return Exit::kFailed;
    if (commit.verdict() == CommitVerdict::kNotJudged) exit = Exit::kUnjudged;
  }
  return exit;
}

std::string verify_text(const VerifyReport& report, const Paint& paint) {
  std::string text;
  std::map<CommitVerdict, std::size_t> count;
  for (const CommitResult& commit : report.commits) {
    ++count[commit.verdict()];
    text += fmt::format("{} {}: {}\n", paint.bold(commit.oid.substr(0, kShortOid)), commit.subject,
                        verdict_word(commit.verdict(), paint));
    for (const BuildResult& build : commit.builds) text += build_text(build, paint);
  }
  std::vector<std::string> parts;
  if (const auto n = count[CommitVerdict::kGood]; n != 0)
    parts.push_back(fmt::format("{} good", n));
  if (const auto n = count[CommitVerdict::kFailed]; n != 0)
    parts.push_back(fmt::format("{} failed", n));
  if (const auto n = count[CommitVerdict::kNotJudged]; n != 0)
    parts.push_back(fmt::format("{} could not be judged", n));
  text += counted(report.commits.size(), "commit");
  return text + (parts.empty() ? "\n" : ": " + join(parts, ", ") + "\n");
}

std::string verify_json(const VerifyReport& report) {
  ordered_json commits = ordered_json::array();
  for (const CommitResult& commit : report.commits) {
    ordered_json builds = ordered_json::array();
    for (const BuildResult& build : commit.builds) builds.push_back(build_json(build));
    constexpr std::array<std::string_view, 3> kVerdicts{"good", "failed", "not_judged"};
    commits.push_back({{"oid", commit.oid},
                       {"subject", commit.subject},
                       {"verdict", kVerdicts.at(static_cast<std::size_t>(commit.verdict()))},
                       {"builds", std::move(builds)}});
  }
  return dump({{"schema", "killify.verify/1"}, {"commits", std::move(commits)}});
}

std::string build_to_json(const BuildResult& build) {
  return dump(build_json(build));
}

Result<BuildResult> build_from_json(std::string_view text) {
  try {
    const auto json = ordered_json::parse(text);
    BuildResult build;
    json.at("config").get_to(build.configuration);
    json.at("arch").get_to(build.arch);
    json.at("compiler").get_to(build.compiler);
    json.at("seconds").get_to(build.seconds);
    json.at("log").get_to(build.log);
    for (const auto& entry : json.at("objects")) {
      ObjectResult object;
      entry.at("source").get_to(object.source);
      object.object = entry.at("path").get<std::string>();
      if (object.object == object.source) object.object.clear();
      object.reason = entry.value("reason", "");
      const auto name = entry.at("status").get<std::string>();
      const auto* known = std::find_if(kStatusNames.begin(), kStatusNames.end(),
                                       [&](const auto& row) { return row.second == name; });
      if (known == kStatusNames.end()) return fail("unknown status '{}'", name);
      object.status = known->first;
      if (entry.contains("error")) {
        const auto& error = entry.at("error");
        error.at("file").get_to(object.error.file);
        error.at("line").get_to(object.error.line);
        error.at("text").get_to(object.error.text);
        error.at("block").get_to(object.error.block);
      }
      build.objects.push_back(std::move(object));
    }
    return build;
  } catch (const nlohmann::json::exception& problem) {
    return fail("{}", problem.what());
  }
}

}  // namespace killify
