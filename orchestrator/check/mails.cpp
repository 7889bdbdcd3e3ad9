#include "check/mails.h"

#include "support/files.h"
#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <regex>
#include <system_error>

namespace killify {
namespace {

namespace paths = std::filesystem;

// A header of the mail with its continuation lines, "" without one.
std::string header_of(const std::string& text, std::string_view name) {
  std::string value;
  bool in = false;
  for (const std::string& line : split_lines(text)) {
    if (trim(line).empty()) break;
    if (in && (line.starts_with(' ') || line.starts_with('\t'))) {
      value += ' ' + std::string(trim(line));
      continue;
    }
    in = line.size() > name.size() && line.starts_with(name) && line[name.size()] == ':';
    if (in) value = trim(line.substr(name.size() + 1));
  }
  return value;
}

struct Position {
  std::string version;  // "v2", or ""
  unsigned long number = 0;
  unsigned long total = 0;  // 0 for a mail alone
};

std::optional<Position> parsed_position(const std::string& subject) {
  static const std::regex kPosition(R"(^\[[^\]]*?(v\d+)?\s*(?:(\d+)/(\d+))?\])");
  std::smatch match;
  if (!std::regex_search(subject, match, kPosition)) return std::nullopt;
  Position position{.version = match[1]};
  if (match[3].matched) {
    position.number = std::strtoul(match[2].str().c_str(), nullptr, 10);
    position.total = std::strtoul(match[3].str().c_str(), nullptr, 10);
  }
  return position;
}

Result<std::vector<std::string>> names_in(const paths::path& directory, bool folders) {
  std::vector<std::string> names;
  std::error_code error;
  for (paths::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    const bool wanted = folders ? entry->is_directory()
                                : entry->is_regular_file() && entry->path().extension() == ".patch";
    if (wanted) names.push_back(entry->path().filename().string());
  }
  if (error) return fail("{}: cannot be listed: {}", directory.string(), error.message());
  std::ranges::sort(names);
  return names;
}

Result<MailFolder> read_folder(const paths::path& directory, const std::string& name,
                               const std::vector<std::string>& files) {
  static const std::regex kCover(R"(^(v\d+-)?0000-)");
  static const std::regex kBase(R"(^base-commit: ([0-9a-f]{40})\s*$)");
  MailFolder folder{.name = name, .mails = {}, .covers = {}, .base = {}};
  for (const std::string& file : files) {
    KILLIFY_TRY(std::string text, read_file(directory / file));
    for (const std::string& line : split_lines(text))
      if (std::smatch match; std::regex_match(line, match, kBase)) folder.base = match[1];
    Mail mail{.file = name.empty() ? file : fmt::format("{}/{}", name, file),
              .text = {},
              .subject = header_of(text, "Subject"),
              .to = header_of(text, "To"),
              .cc = header_of(text, "Cc")};
    mail.text = std::move(text);
    (std::regex_search(file, kCover) ? folder.covers : folder.mails).push_back(std::move(mail));
  }
  return folder;
}

}  // namespace

Result<std::vector<MailFolder>> read_mail_folders(const paths::path& directory) {
  KILLIFY_TRY(const auto here, names_in(directory, false));
  std::vector<MailFolder> folders;
  if (!here.empty()) {
    KILLIFY_TRY(auto folder, read_folder(directory, "", here));
    folders.push_back(std::move(folder));
  } else {
    KILLIFY_TRY(const auto below, names_in(directory, true));
    for (const std::string& name : below) {
      KILLIFY_TRY(const auto files, names_in(directory / name, false));
      if (files.empty()) continue;
      KILLIFY_TRY(auto folder, read_folder(directory / name, name, files));
      folders.push_back(std::move(folder));
    }
  }
  std::erase_if(folders, [](const MailFolder& folder) { return folder.mails.empty(); });
  if (folders.empty())
    return fail(
        "{}: has no patches (*.patch); killify generate -o DIR or git format-patch -o DIR "
        "make some",
        directory.string());
  return folders;
}

std::vector<MailFault> mail_faults(const MailFolder& folder, bool wants_recipients) {
  std::vector<MailFault> faults;
  std::vector<const Mail*> all;
  for (const Mail& cover : folder.covers) all.push_back(&cover);
  for (const Mail& mail : folder.mails) all.push_back(&mail);
  if (folder.covers.empty() && folder.mails.size() > 1)
    faults.push_back({folder.mails.front().file, "several patches go out without a cover letter"});
  std::optional<std::string> version;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Mail& mail = *all[i];
    const auto add = [&](std::string text) { faults.push_back({mail.file, std::move(text)}); };
    const auto position = parsed_position(mail.subject);
    const std::size_t number = i + (folder.covers.empty() ? 1 : 0);
    if (!position || mail.subject.find("PATCH") == std::string::npos) {
      add("the subject does not begin with [PATCH]");
    } else {
      if (position->total == 0
              ? all.size() > 1
              : position->total != folder.mails.size() || position->number != number)
        add(fmt::format("the subject says {}/{}, and the mail is {}/{} of the folder",
                        position->number, position->total, number, folder.mails.size()));
      if (version && *version != position->version)
        add(fmt::format("the subject is of version '{}', that of the mail before of '{}'",
                        position->version, *version));
      version = position->version;
    }
    if (wants_recipients && mail.to.empty() && mail.cc.empty())
      add("names nobody to send it to: there is neither To nor Cc");
    for (const std::string_view left : {"*** SUBJECT HERE ***", "*** BLURB HERE ***", "EDITME"})
      if (mail.text.find(left) != std::string::npos) add(fmt::format("'{}' is still in it", left));
  }
  return faults;
}

}  // namespace killify
