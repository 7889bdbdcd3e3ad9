// The commits of a semantic patch of the user's: its changes by group, and how it is told of.
#pragma once

#include "apply/apply.h"
#include "plan/grouping.h"
#include "series/change.h"
#include "series/message.h"
#include "support/error.h"

#include <filesystem>
#include <string>
#include <vector>

namespace killify {

// One change for each group of files, sorted by the group's name.
[[nodiscard]] Result<std::vector<Change>> user_changes(const Applied& applied,
                                                       const UserPatch& patch,
                                                       const Grouper& group);

// "drivers/x.c: spatch: exit status 2", a line each.
[[nodiscard]] std::vector<std::string> not_applied(const Applied& applied);

// What the user says instead of the semantic patch and of our templates; empty: nothing.
struct UserWording {
  std::string subject;                  // without the prefix
  std::filesystem::path template_file;  // of the commits
};

// The placeholders that both kinds of templates know: {summary}, {description}, {made_by}, {rules}.
// `path_in_tree`: the semantic patch is a file of the tree.
[[nodiscard]] TemplateValues user_words(const UserPatch& patch, const UserWording& wording,
                                        const std::string& path_in_tree);

// One message for each change. `messages` is the directory of our own templates.
[[nodiscard]] Result<std::vector<Message>> user_messages(const std::vector<Change>& changes,
                                                         const TemplateValues& words,
                                                         const UserWording& wording,
                                                         const std::filesystem::path& messages,
                                                         const std::vector<std::string>& prefixes,
                                                         const Signature& author);

}  // namespace killify
