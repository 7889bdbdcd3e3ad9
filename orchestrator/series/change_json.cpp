#include "series/change_json.h"

namespace killify {
namespace {

nlohmann::ordered_json site_json(const SiteChange& site) {
  return {{"handler", site.handler},    {"function", site.function},   {"file", site.file},
          {"line", site.line},          {"before", site.before},       {"after", site.after},
          {"object", site.object},      {"on_signal", site.on_signal}, {"on_fatal", site.on_fatal},
          {"loop_exit", site.loop_exit}};
}

}  // namespace

nlohmann::ordered_json sites_json(const std::vector<SiteChange>& sites) {
  auto json = nlohmann::ordered_json::array();
  for (const SiteChange& site : sites) json.push_back(site_json(site));
  return json;
}

nlohmann::ordered_json additions_json(const std::vector<Addition>& additions) {
  auto json = nlohmann::ordered_json::array();
  for (const Addition& addition : additions) {
    json.push_back({{"name", addition.name}, {"model", addition.model}, {"file", addition.file}});
    if (addition.guard) json.back()["guard"] = true;
  }
  return json;
}

}  // namespace killify
