#include "spec/campaigns.h"

#include "spec/yaml_node.h"
#include "support/resources.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace killify {
namespace fs = std::filesystem;
namespace {

// A series file among the files of series/: those have roots.
bool is_series_file(const fs::path& file) {
  const Result<YamlNode> document = YamlNode::load(file);
  if (!document) return false;
  const auto entries = document->entries("a mapping");
  return entries &&
         std::ranges::any_of(*entries, [](const auto& entry) { return entry.first == "roots"; });
}

}  // namespace

Result<std::vector<std::string>> campaign_names() {
  KILLIFY_TRY(const fs::path data, data_dir());
  std::vector<std::string> names;
  std::error_code unreadable;
  for (fs::directory_iterator entry(data / "series", unreadable), end; !unreadable && entry != end;
       entry.increment(unreadable)) {
    if (entry->path().extension() == ".yaml" && is_series_file(entry->path()))
      names.push_back(entry->path().stem().string());
    else if (std::error_code ignored; fs::is_regular_file(entry->path() / kCampaignFile, ignored))
      names.push_back(entry->path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace killify
