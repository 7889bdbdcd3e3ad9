#include "report/figures_report.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace killify {
namespace {

constexpr std::size_t kWhatColumns = 38;
constexpr std::size_t kFigureColumns = 14;

std::string share_text(const Share& share) {
  return fmt::format("{} of {}", share.part, share.whole);
}

struct FigureRow {
  const char* what;
  std::string (*of)(const Figures& figures);
};
constexpr std::array kFigureRows = {
    FigureRow{"commits", [](const Figures& one) { return std::to_string(one.commits); }},
    FigureRow{"files", [](const Figures& one) { return std::to_string(one.files); }},
    FigureRow{"lines",
              [](const Figures& one) {
                return fmt::format("+{} -{}", one.lines_added, one.lines_removed);
              }},
    FigureRow{"sleeps covered, certain",
              [](const Figures& one) { return share_text(one.certain); }},
    FigureRow{"sleeps covered, to be looked at",
              [](const Figures& one) { return share_text(one.open); }},
    FigureRow{"roots with no such sleep left",
              [](const Figures& one) { return share_text(one.handlers); }},
    FigureRow{"functions with other parameters",
              [](const Figures& one) { return std::to_string(one.signatures); }},
    FigureRow{"new functions", [](const Figures& one) { return std::to_string(one.functions); }},
    FigureRow{"new exported symbols",
              [](const Figures& one) { return std::to_string(one.exports); }},
    FigureRow{"signals, where user mode comes here",
              [](const Figures& one) { return std::string(one.prompt ? "as today" : "delayed"); }}};

nlohmann::ordered_json share_json(const Share& share) {
  return {{"covered", share.part}, {"all", share.whole}};
}

}  // namespace

std::string figures_text(const std::vector<Figures>& all) {
  std::string text(kWhatColumns, ' ');
  for (const Figures& one : all) text += fmt::format("{:>{}}", one.strategy, kFigureColumns);
  text += '\n';
  for (const FigureRow& row : kFigureRows) {
    text += fmt::format("{:<{}}", row.what, kWhatColumns);
    for (const Figures& one : all)
      text += fmt::format("{:>{}}", one.trouble.empty() ? row.of(one) : "-", kFigureColumns);
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
    strategy["sleeps"] = {{"certain", share_json(one.certain)}, {"open", share_json(one.open)}};
    strategy["roots"] = share_json(one.handlers);
    strategy["signatures"] = one.signatures;
    strategy["functions"] = one.functions;
    strategy["exports"] = one.exports;
    strategy["user_signals"] = one.prompt ? "prompt" : "delayed";
    json["strategies"].push_back(std::move(strategy));
  }
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace killify
