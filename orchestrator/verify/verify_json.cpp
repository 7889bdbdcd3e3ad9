#include "verify/verify_report.h"

#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace killify {
namespace {

using nlohmann::ordered_json;

ordered_json object_json(const ObjectResult& object) {
  ordered_json json{{"path", object.object.empty() ? object.source : object.object},
                    {"source", object.source},
                    {"status", build_status_name(object.status)}};
  if (object.status == BuildStatus::kBuilt || object.status == BuildStatus::kFailed)
    json["by"] = object.by_make ? "make" : "recorded command";
  if (!object.reason.empty()) json["reason"] = object.reason;
  if (!object.error.text.empty())
    json["error"] = {{"file", object.error.file},
                     {"line", object.error.line},
                     {"text", object.error.text},
                     {"block", object.error.block}};
  if (!object.hunk.empty()) json["hunk"] = object.hunk;
  return json;
}

ordered_json build_json(const BuildResult& build) {
  ordered_json objects = ordered_json::array();
  for (const ObjectResult& object : build.objects) objects.push_back(object_json(object));
  ordered_json lines = ordered_json::array();
  for (const FileLines& file : build.lines) {
    ordered_json cut = ordered_json::array();
    for (const CutLine& line : file.cut) cut.push_back({{"line", line.line}, {"why", line.why}});
    lines.push_back({{"file", file.file}, {"compiled", file.compiled}, {"cut", std::move(cut)}});
  }
  ordered_json warnings = ordered_json::array();
  for (const Warning& warning : build.new_warnings)
    warnings.push_back({{"file", warning.file}, {"line", warning.line}, {"text", warning.text}});
  return {{"config", build.configuration},
          {"arch", build.arch},
          {"compiler", build.compiler},
          {"objects", std::move(objects)},
          {"lines", std::move(lines)},
          {"new_warnings", std::move(warnings)},
          {"changed_code", build.changed_code},
          {"seconds", build.seconds},
          {"cached", build.cached},
          {"log", build.log}};
}

ordered_json lines_json(const LineReport& lines) {
  ordered_json uncovered = ordered_json::array();
  for (const UncoveredLine& line : lines.uncovered) {
    uncovered.push_back({{"file", line.file}, {"line", line.line}, {"why", line.why}});
    if (!line.waived.empty()) uncovered.back()["waived"] = line.waived;
  }
  ordered_json compiled_in = ordered_json::object();
  for (const auto& [configuration, count] : lines.compiled_in) compiled_in[configuration] = count;
  return {{"changed", lines.changed},
          {"compiled", lines.compiled},
          {"not_code", lines.not_code},
          {"compiled_in", std::move(compiled_in)},
          {"uncovered", std::move(uncovered)}};
}

ordered_json caller_json(const Caller& caller) {
  ordered_json json{{"source", caller.source}};
  if (caller.object.empty()) return json;
  json["path"] = caller.object;
  json["config"] = caller.configuration;
  if (!caller.problem.empty()) {
    json["problem"] = caller.problem;
    if (caller.broken) json["broken"] = true;
    return json;
  }
  json["code"] = code_change_name(caller.difference.change);
  if (!caller.calls.empty()) json["calls"] = caller.calls;
  for (const FunctionDifference& one : caller.difference.functions)
    json["functions"].push_back({{"name", one.function},
                                 {"code", code_change_name(one.change)},
                                 {"before", one.before},
                                 {"after", one.after}});
  return json;
}

ordered_json callers_json(const std::vector<Caller>& callers) {
  ordered_json json = ordered_json::array();
  for (const Caller& caller : callers) json.push_back(caller_json(caller));
  return json;
}

Caller caller_from(const ordered_json& json) {
  Caller caller{json.at("source"), json.value("path", ""), json.value("config", "")};
  caller.problem = json.value("problem", "");
  caller.broken = json.value("broken", false);
  if (json.contains("code"))
    caller.difference.change = code_change(json.at("code").get<std::string>());
  if (!json.contains("functions")) return caller;
  for (const auto& one : json.at("functions"))
    caller.difference.functions.push_back({one.at("name"),
                                           code_change(one.at("code").get<std::string>()),
                                           one.at("before"), one.at("after")});
  return caller;
}

ordered_json commit_json(const CommitResult& commit) {
  ordered_json builds = ordered_json::array();
  for (const BuildResult& build : commit.builds) builds.push_back(build_json(build));
  ordered_json complaints = ordered_json::array();
  for (const Complaint& complaint : commit.complaints) {
    complaints.push_back(
        {{"check", complaint.check}, {"where", complaint.where}, {"text", complaint.text}});
    if (!complaint.waived.empty()) complaints.back()["waived"] = complaint.waived;
  }
  constexpr std::array<std::string_view, 3> kVerdicts{"good", "failed", "not_judged"};
  ordered_json json{{"oid", commit.oid},
                    {"subject", commit.subject},
                    {"verdict", kVerdicts.at(static_cast<std::size_t>(commit.verdict()))},
                    {"builds", std::move(builds)},
                    {"lines", lines_json(commit.lines)},
                    {"complaints", std::move(complaints)}};
  if (!commit.unchecked.empty()) json["unchecked"] = commit.unchecked;
  if (commit.checkpatch)
    json["checkpatch"] = {{"errors", commit.checkpatch->errors},
                          {"warnings", commit.checkpatch->warnings},
                          {"checks", commit.checkpatch->checks}};
  if (commit.callers)
    json["callers"] = {{"objects", callers_json(commit.callers->callers)},
                       {"seconds", commit.callers->seconds}};
  return json;
}

// A compiler's message may quote any bytes of a source.
std::string dump(const ordered_json& json) {
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

Result<ObjectResult> object_from(const ordered_json& entry) {
  ObjectResult object;
  entry.at("source").get_to(object.source);
  object.object = entry.at("path").get<std::string>();
  if (object.object == object.source) object.object.clear();
  object.reason = entry.value("reason", "");
  object.by_make = entry.value("by", "") == "make";
  KILLIFY_TRY(object.status, build_status(entry.at("status").get<std::string>()));
  if (entry.contains("error")) {
    const auto& error = entry.at("error");
    error.at("file").get_to(object.error.file);
    error.at("line").get_to(object.error.line);
    error.at("text").get_to(object.error.text);
    error.at("block").get_to(object.error.block);
  }
  return object;
}

}  // namespace

std::string verify_json(const VerifyReport& report) {
  ordered_json commits = ordered_json::array();
  for (const CommitResult& commit : report.commits) commits.push_back(commit_json(commit));
  return dump({{"schema", "killify.verify/1"},
               {"choices", report.choices},
               {"not_reached", report.not_reached},
               {"commits", std::move(commits)}});
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
    json.at("changed_code").get_to(build.changed_code);
    for (const auto& entry : json.at("objects")) {
      KILLIFY_TRY(auto object, object_from(entry));
      build.objects.push_back(std::move(object));
    }
    for (const auto& entry : json.at("lines")) {
      FileLines file{entry.at("file"), entry.at("compiled"), {}};
      for (const auto& cut : entry.at("cut")) file.cut.push_back({cut.at("line"), cut.at("why")});
      build.lines.push_back(std::move(file));
    }
    for (const auto& entry : json.at("new_warnings"))
      build.new_warnings.push_back({entry.at("file"), entry.at("line"), entry.at("text")});
    return build;
  } catch (const nlohmann::json::exception& problem) {
    return fail("{}", problem.what());
  }
}

std::string callers_to_json(const std::vector<Caller>& callers) {
  return dump(callers_json(callers));
}

Result<std::vector<Caller>> callers_from_json(std::string_view text) {
  try {
    std::vector<Caller> callers;
    for (const auto& entry : ordered_json::parse(text)) callers.push_back(caller_from(entry));
    return callers;
  } catch (const nlohmann::json::exception& problem) {
    return fail("{}", problem.what());
  }
}

}  // namespace killify
