#include "series/planned.h"

#include "series/changes.h"

#include <nlohmann/json.hpp>

namespace killify {
namespace {

Planned done_by(const Step& step, const Finding& finding) {
  const bool threaded = step.flips.contains(finding.id);
  return {threaded ? Planned::Kind::kThreaded : Planned::Kind::kConverted, step.name, {}};
}

}  // namespace

const char* planned_name(Planned::Kind kind) {
  switch (kind) {
    case Planned::Kind::kConverted:
      return "converted";
    case Planned::Kind::kThreaded:
      return "threaded";
    case Planned::Kind::kLeft:
      return "left";
    case Planned::Kind::kSettled:
      return "settled";
  }
  return "";
}

std::string kept_text(const PlannedById& planned) {
  auto json = nlohmann::json::array();
  for (const auto& [id, one] : planned)
    json.push_back({id, static_cast<int>(one.kind), one.step, one.why});
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<PlannedById> planned_from(const std::string& text) {
  try {
    PlannedById planned;
    for (const auto& one : nlohmann::json::parse(text))
      planned[one.at(0)] = {static_cast<Planned::Kind>(one.at(1).get<int>()), one.at(2), one.at(3)};
    return planned;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

PlannedById planned_of(const std::vector<Finding>& audited, const Changes& changes) {
  PlannedById planned;
  for (const auto& change : changes.changes)
    if (change.step.kind == StepKind::kConvert)
      for (const auto& finding : change.step.findings)
        planned.insert_or_assign(changes.audited_id(finding.id), done_by(change.step, finding));
  for (const auto& left : changes.left_out) {
    const auto id = changes.audited_id(left.finding.id);
    const auto done = planned.find(id);
    if (done != planned.end() && changes.partly.contains(left.finding.id))
      done->second.why = left.reason;
    else
      planned.insert_or_assign(id, Planned{Planned::Kind::kLeft, {}, left.reason});
  }
  PlannedById result;
  for (const auto& finding : audited) {
    const auto known = planned.find(finding.id);
    if (is_settled(finding))
      result[finding.id] = {Planned::Kind::kSettled, {}, {}};
    else if (known != planned.end())
      result[finding.id] = known->second;
    else
      result[finding.id] = {Planned::Kind::kLeft, {}, "no semantic patch changes anything there"};
  }
  return result;
}

}  // namespace killify
