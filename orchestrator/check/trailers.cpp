#include "check/trailers.h"

#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <set>

namespace killify {
namespace {

bool names_a_person(const std::string& key) {
  return key == "Cc" || key.ends_with("-by");
}

}  // namespace

std::vector<Tag> tags_of(std::string_view message) {
  static const std::regex kTag(R"(^([A-Z][A-Za-z-]+): (\S.*)$)");
  std::vector<Tag> tags;
  const auto lines = split_lines(trim(message));
  for (auto line = lines.rbegin(); line != lines.rend() && !trim(*line).empty(); ++line) {
    std::smatch match;
    if (!std::regex_match(*line, match, kTag)) return {};
    tags.push_back({match[1], std::string(trim(match[2].str()))});
  }
  std::ranges::reverse(tags);
  return tags;
}

std::vector<std::string> tag_faults(const std::vector<Tag>& tags) {
  static const std::regex kPerson(R"(^("[^"]+"|[^<>"]+) <[^@\s<>]+@[^@\s<>]+>(\s*[#\[].*)?$)");
  static const std::regex kAddress(R"(^<?[^@\s<>]+@[^@\s<>]+>?$)");
  static const std::regex kFixes(R"(^[0-9a-f]{12,40} \(".*"\)$)");
  std::vector<std::string> faults;
  std::set<std::string> seen;
  bool others = false;
  for (const Tag& tag : tags) {
    const std::string text = tag.key + ": " + tag.value;
    if (!seen.insert(text).second) faults.push_back(fmt::format("'{}' stands twice", text));
    if (tag.key == "Fixes") {
      if (others) faults.push_back(fmt::format("'{}' stands below other tags", text));
      if (!std::regex_match(tag.value, kFixes))
        faults.push_back(fmt::format("'{}' is not written as Fixes: ID (\"subject\")", text));
    } else {
      others = true;
    }
    const bool address = tag.key == "Cc" && std::regex_match(tag.value, kAddress);
    if (names_a_person(tag.key) && !address && !std::regex_match(tag.value, kPerson))
      faults.push_back(fmt::format("'{}' names nobody as Name <address>", text));
    if (tag.key == "Link" && tag.value.find("://") == std::string::npos)
      faults.push_back(fmt::format("'{}' is no link", text));
  }
  return faults;
}

std::vector<std::string> people_in(const std::vector<Tag>& tags) {
  std::vector<std::string> people;
  for (const Tag& tag : tags)
    if (names_a_person(tag.key) && tag.value.find('<') != std::string::npos)
      people.push_back(tag.value.substr(0, tag.value.find('>') + 1));
  return people;
}

}  // namespace killify
