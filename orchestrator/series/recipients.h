// Who gets which mail: the tree's own scripts/get_maintainer.pl decides.
#pragma once

#include "support/error.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

struct Recipients {
  std::vector<std::string> to;  // maintainers and supporters; the lists where there are none
  std::vector<std::string> cc;  // reviewers, lists
  bool operator==(const Recipients&) const = default;
};

// Asks the script of the tree at `tree` (a directory that holds the whole of it) about a patch.
// Sorted, people before lists. No recipient at all is a result, not an error.
[[nodiscard]] Result<Recipients> find_recipients(const std::filesystem::path& tree,
                                                 std::string_view patch);

// Reads what get_maintainer.pl --roles prints.
[[nodiscard]] Recipients parse_recipients(std::string_view output);

struct CoverRecipients {
  Recipients recipients;
  std::string warning;  // "" unless there were too many
};

// The cover letter goes to the maintainers and the lists of all patches, but to the lists alone
// when that makes more than `limit`.
[[nodiscard]] CoverRecipients cover_recipients(const std::vector<Recipients>& patches,
                                               std::size_t limit);

// Mail servers of the lists hold back mails to more people than about this.
inline constexpr std::size_t kCoverRecipientLimit = 40;

// "Name <address>" as a mail header writes it: quoted or RFC 2047 encoded where the name needs it.
[[nodiscard]] std::string header_address(std::string_view recipient);

}  // namespace killify
