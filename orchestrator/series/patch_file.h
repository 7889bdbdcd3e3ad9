// A commit as a mail, as `git format-patch` writes it.
#pragma once

#include "series/change.h"
#include "series/recipients.h"
#include "support/error.h"
#include "tree/repository.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

// Where a mail stands in its series: [PATCH v2 03/12]. The cover letter is number 0.
struct MailPosition {
  std::size_t number = 0;
  std::size_t total = 0;
  unsigned reroll = 1;
};

struct MailHeader {
  Oid commit;
  Signature author;  // with the time of the commit
  MailPosition position;
  std::string subject;  // without the part in brackets
  Recipients recipients;
};

// "0001-drm-etnaviv-Let-only-fatal-signals-interrupt-the-p.patch", "v2-0001-..." for a re-roll.
[[nodiscard]] std::string mail_file_name(const MailPosition& position, std::string_view subject);

// Headers, blank line, `content`, and the signature "killify VERSION".
[[nodiscard]] std::string format_mail(const MailHeader& header, std::string_view content);

// The mail of one commit.
[[nodiscard]] Result<std::string> format_patch(const SeriesCommit& commit, const Signature& author,
                                               const MailPosition& position);

// The diff of all files, as it stands in the mail.
[[nodiscard]] Result<std::string> format_diff(const std::vector<FileChange>& files);

// The table of files and the line of totals that git prints under "---".
constexpr std::size_t kMailStatWidth = 72;
[[nodiscard]] Result<std::string> format_diffstat(const std::vector<FileChange>& files,
                                                  std::size_t width = kMailStatWidth);

// What 'git am' must be told for patches with lines that end in CR LF; "" where there are none.
[[nodiscard]] Result<std::string> keep_cr_sentence(std::span<const SeriesCommit> commits);

}  // namespace killify
