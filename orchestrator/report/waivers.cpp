#include "report/waivers.h"

#include "spec/yaml_node.h"

#include <algorithm>

namespace killify {
namespace {

constexpr std::size_t kDigits = 8;  // of an id: fewer are not sure to name one finding

Result<FindingWaiver> read_waiver(const YamlNode& node) {
  KILLIFY_TRY(const YamlMap map, node.map({"reason", "by"}, {"handler", "sink", "id"}));
  FindingWaiver waiver{.place = node.place()};
  KILLIFY_TRY(waiver.reason, map.at("reason").text("why it is accepted"));
  KILLIFY_TRY(waiver.by, map.at("by").text("who looked at it"));
  if (const YamlNode* id = map.find("id")) {
    KILLIFY_TRY(waiver.id, id->text("the id of a finding"));
    if (waiver.id.size() < kDigits)
      return id->fail("an id of {} digits; give at least {}, or handler and sink", waiver.id.size(),
                      kDigits);
  }
  const YamlNode* handler = map.find("handler");
  const YamlNode* sink = map.find("sink");
  if (handler != nullptr) {
    KILLIFY_TRY(waiver.handler, handler->text("the name of a fault handler"));
  }
  if (sink != nullptr) {
    KILLIFY_TRY(waiver.sink, sink->text("the name of what sleeps"));
  }
  const bool by_names = handler != nullptr && sink != nullptr;
  const bool half = (handler != nullptr) != (sink != nullptr);
  if (half || by_names == !waiver.id.empty())
    return node.fail("a waiver names a handler and a sink, or an id");
  return waiver;
}

bool is_of(const FindingWaiver& waiver, const Finding& finding) {
  if (!waiver.id.empty()) return finding.id.starts_with(waiver.id);
  return finding.handler.function == waiver.handler && finding.sink.name == waiver.sink;
}

}  // namespace

Result<std::vector<FindingWaiver>> read_finding_waivers(const std::filesystem::path& file) {
  KILLIFY_TRY(const YamlNode document, YamlNode::load(file));
  KILLIFY_TRY(const YamlMap map, document.map({"waivers"}));
  KILLIFY_TRY(const auto items, map.at("waivers").list("a list of waivers"));
  std::vector<FindingWaiver> waivers;
  for (const YamlNode& item : items) {
    KILLIFY_TRY(auto waiver, read_waiver(item));
    waivers.push_back(std::move(waiver));
  }
  return waivers;
}

WaivedById waived_of(const std::vector<Finding>& findings,
                     const std::vector<FindingWaiver>& waivers, std::vector<std::string>& notes) {
  WaivedById waived;
  for (const auto& waiver : waivers) {
    bool matches = false;
    for (const auto& finding : findings) {
      if (is_settled(finding) || !is_of(waiver, finding)) continue;
      matches = true;
      waived.emplace(finding.id, waiver);
    }
    if (!matches) notes.push_back(fmt::format("{}: this waiver matches no finding", waiver.place));
  }
  return waived;
}

}  // namespace killify
