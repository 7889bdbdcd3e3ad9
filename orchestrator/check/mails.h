// The mails of a series as they lie in a folder: what generate wrote, or what a person made of it.
#pragma once

#include "support/error.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

struct Mail {
  std::string file;     // below the folder that was asked for
  std::string text;     // all of it
  std::string subject;  // unfolded, with the part in brackets
  std::string to;       // unfolded; "" where there is none
  std::string cc;
};

// The mails that go out together.
struct MailFolder {
  std::string name;          // below the folder that was asked for; "" for itself
  std::vector<Mail> mails;   // without the cover letter, by file name
  std::vector<Mail> covers;  // one, or none
  std::string base;          // what they say they apply to; "" where they do not
};

// The folder itself where it has mails (*.patch), else those below it that have, by name. An error
// where there are none.
[[nodiscard]] Result<std::vector<MailFolder>> read_mail_folders(
    const std::filesystem::path& directory);

// What is wrong with the mails of a folder as mails: numbers, versions, recipients, what an editor
// left to be filled in. Each with the mail's file.
struct MailFault {
  std::string file;
  std::string text;
};
[[nodiscard]] std::vector<MailFault> mail_faults(const MailFolder& folder, bool wants_recipients);

}  // namespace killify
