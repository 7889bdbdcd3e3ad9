// What a sender asks of a series before it goes out: that its mails apply and arrive, that what
// they say is so, and what the tree's own scripts say of them.
#pragma once

#include "series/manifest.h"
#include "spec/series_spec.h"
#include "support/error.h"
#include "support/progress.h"
#include "tree/repository.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace killify {

struct CheckRequest {
  std::filesystem::path directory;  // with the mails
  std::string revision;             // what they apply to; "": what they say
  std::vector<Waiver> waivers;      // of checkpatch
  std::filesystem::path cache;
  unsigned jobs = 1;
};

// What is wrong with a mail.
struct CheckFault {
  std::string check;  // "git am", "message", "statement", ... (docs/schema/check.schema.json)
  std::string where;  // FILE:LINE of the tree; "" where it is about the mail
  std::string text;
};

struct CheckedMail {
  std::string file;  // below the folder
  std::string subject;
  Oid commit;  // "" where git am did not take it, and of a cover letter
  std::vector<CheckFault> faults;
};

// A check that was not made.
struct NotChecked {
  std::string check;
  std::string why;
  bool unjudged = false;  // it should have been: the series is not judged without it
};

struct CheckReport {
  Oid base;
  std::vector<CheckedMail> mails;
  std::vector<NotChecked> not_checked;

  [[nodiscard]] std::size_t faults() const;
  // 1 where something is wrong, 3 where something could not be judged, else 0.
  [[nodiscard]] Exit exit() const;
};

[[nodiscard]] Result<CheckReport> check_series(const Repository& repository,
                                               const CheckRequest& request, Progress& progress);

}  // namespace killify
