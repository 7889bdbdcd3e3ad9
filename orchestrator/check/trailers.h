// The tags at the end of a message: their form, and the people in them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace killify {

struct Tag {
  std::string key;
  std::string value;
};

// The last block of the message, where all of it are tags.
[[nodiscard]] std::vector<Tag> tags_of(std::string_view message);

// What is wrong with the form of tags: order, doubles, people without an address, a Fixes that
// names no commit. Documentation/process/submitting-patches.rst says how they are written.
[[nodiscard]] std::vector<std::string> tag_faults(const std::vector<Tag>& tags);

// "Name <address>" of those who sign, review, are copied.
[[nodiscard]] std::vector<std::string> people_in(const std::vector<Tag>& tags);

}  // namespace killify
