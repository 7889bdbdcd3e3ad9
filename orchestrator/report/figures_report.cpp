#include "report/figures_report.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace killify {
namespace {

constexpr std::size_t kFirstColumn = 38;
constexpr std::size_t kColumn = 14;

std::string text_of(const Share& share) {
  return fmt::format("{} of {}", share.part, share.whole);
}

struct Row {
  const char* what;
  std::string (*of)(const Figures& figures);
};
constexpr std::array kRows = {
    Row{"commits", [](const Figures& one) { return std::to_string(one.commits); }},
    Row{"files", [](const Figures& one) { return std::to_string(one.files); }},
    Row{"lines",
        [](const Figures& one) {
          return fmt::format("+{} -{}", one.lines_added, one.lines_removed);
        }},
    Row{"sleeps covered, certain", [](const Figures& one) { return text_of(one.certain); }},
    Row{"sleeps covered, to be looked at", [](const Figures& one) { return text_of(one.open); }},
    Row{"roots with no such sleep left", [](const Figures& one) { return text_of(one.handlers); }},
    Row{"functions with other parameters",
        [](const Figures& one) { return std::to_string(one.signatures); }},
    Row{"new functions", [](const Figures& one) { return std::to_string(one.functions); }},
    Row{"new exported symbols", [](const Figures& one) { return std::to_string(one.exports); }},
    Row{"signals, where user mode comes here",
        [](const Figures& one) { return std::string(one.prompt ? "as today" : "delayed"); }}};

nlohmann::ordered_json json_of(const Share& share) {
  return {{"covered", share.part}, {"all", share.whole}};
}

}  // namespace

std::string figures_text(const std::vector<Figures>& all) {
  std::string text(kFirstColumn, ' ');
  for (const Figures& one : all) text += fmt::format("{:>{}}", one.strategy, kColumn);
  text += '\n';
  for (const Row& row : kRows) {
    text += fmt::format("{:<{}}", row.what, kFirstColumn);
    for (const Figures& one : all)
      text += fmt::format("{:>{}}", one.trouble.empty() ? row.of(one) : "-", kColumn);
    text += '\n';
  }
  for (const Figures& one : all)
    if (!one.trouble.empty()) text += fmt::format("\n{}: {}\n", one.strategy, one.trouble);
  return text;
}

std::string figures_json(const std::vector<Figures>& all) {
  nlohmann::ordered_json json{{"schema", "killify.compare/1"}};
  json["strategies"] = nlohmann::ordered_json::array();
  for (const Figures& one : all) {
    nlohmann::ordered_json strategy{{"name", one.strategy}};
    if (!one.trouble.empty()) {
      strategy["trouble"] = one.trouble;
      json["strategies"].push_back(std::move(strategy));
      continue;
    }
    strategy["commits"] = one.commits;
    strategy["files"] = one.files;
    strategy["lines"] = {{"added", one.lines_added}, {"removed", one.lines_removed}};
    strategy["sleeps"] = {{"certain", json_of(one.certain)}, {"open", json_of(one.open)}};
    strategy["roots"] = json_of(one.handlers);
    strategy["signatures"] = one.signatures;
    strategy["functions"] = one.functions;
    strategy["exports"] = one.exports;
    strategy["user_signals"] = one.prompt ? "prompt" : "delayed";
    json["strategies"].push_back(std::move(strategy));
  }
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace killify
