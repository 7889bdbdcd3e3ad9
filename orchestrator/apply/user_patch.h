// A semantic patch of the user's, as its text describes it: what the kernel's scripts/coccinelle
// and their like say in their heads.
#pragma once

#include "support/error.h"

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

struct UserPatch {
  std::filesystem::path file;  // absolute
  std::string name;            // "memdup", of "api/memdup.cocci"
  std::string text;
  std::string sha256;                    // of the text and of what it includes
  std::string summary;                   // the first paragraph of its `///` lines, as one line
  std::vector<std::string> description;  // the other paragraphs
  std::vector<std::string> options;      // of its `// Options:` lines, all that spatch is to take
  std::set<std::string> virtual_rules;   // "patch", "report"
  bool scripts = false;                  // it brings programs along (@script:python@)
};

// An error names the file and what is wrong with it.
[[nodiscard]] Result<UserPatch> read_user_patch(const std::filesystem::path& file);

// Splits options as a shell would. What selects files, limits time or says where results go is left
// out: that is killify's part (`dropped` gets it). Long options are given as "--no-includes", also
// where they are written in the old way.
[[nodiscard]] std::vector<std::string> reading_options(std::string_view options,
                                                       std::vector<std::string>& dropped);

// The `options` lines of the [spatch] section of a .cocciconfig.
[[nodiscard]] std::string cocciconfig_options(std::string_view text);

// The rules of the semantic patch without its head, as a message can show them.
[[nodiscard]] std::string rules_of(std::string_view text);

}  // namespace killify
