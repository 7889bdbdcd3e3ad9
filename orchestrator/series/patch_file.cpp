#include "series/patch_file.h"

#include "series/message.h"
#include "support/resources.h"
#include "support/text.h"
#include "tree/text_diff.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <ctime>

// The layout follows git 2.39's format-patch byte for byte (a test compares the two), so that every
// tool that reads git's mails reads these. One thing is added: the MIME headers stand there also
// when only the diff has a byte above 127, since git send-email would otherwise stop and ask.

namespace killify {
namespace {

constexpr std::size_t kFileNameLimit = 64;  // git's FORMAT_PATCH_NAME_MAX
constexpr std::size_t kHeaderWidth = 78;    // where git folds a subject
constexpr std::string_view kSuffix = ".patch";

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string rfc2822_date(const Signature& author) {
  const auto local =
      static_cast<std::time_t>(author.time + std::int64_t{author.offset_minutes} * 60);
  const int offset = std::abs(author.offset_minutes);
  return fmt::format("{:%a, }{} {:%b %Y %H:%M:%S} {}{:02}{:02}", fmt::gmtime(local),
                     fmt::gmtime(local).tm_mday, fmt::gmtime(local),
                     author.offset_minutes < 0 ? '-' : '+', offset / 60, offset % 60);
}

std::string subject_tag(const MailPosition& position) {
  const std::string version = position.reroll > 1 ? fmt::format(" v{}", position.reroll) : "";
  const std::string total = std::to_string(position.total);
  return fmt::format("[PATCH{} {:0{}}/{}]", version, position.number, total.size(), total);
}

// Words on lines of at most kHeaderWidth columns, continued with a space.
std::string folded_header(std::string_view line) {
  std::string result;
  std::size_t column = 0;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, end);
    if (!result.empty() && column + 1 + word.size() > kHeaderWidth) {
      result += "\n";
      column = 0;
    }
    if (!result.empty()) {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return result;
}

std::string address_header(std::string_view name, const std::vector<std::string>& recipients) {
  if (recipients.empty()) return {};
  std::vector<std::string> addresses;
  addresses.reserve(recipients.size());
  for (const std::string& recipient : recipients) addresses.push_back(header_address(recipient));
  return fmt::format("{}: {}\n", name, join(addresses, ",\n    "));
}

struct StatLine {
  std::string name;
  std::size_t insertions = 0;
  std::size_t deletions = 0;
};

// A path that is too long loses directories at its start.
std::string shortened(const std::string& name, std::size_t width) {
  if (name.size() <= width) return name;
  std::string tail = name.substr(name.size() - (width - 3));
  if (const std::size_t slash = tail.find('/'); slash != std::string::npos) tail.erase(0, slash);
  return "..." + tail;
}

// `value` of `max` on a scale of `width`; at least 1 unless it is 0.
std::size_t scaled(std::size_t value, std::size_t width, std::size_t max) {
  return value == 0 ? 0 : 1 + value * (width - 1) / max;
}

std::string stat_graph(const StatLine& line, std::size_t width, std::size_t max) {
  std::size_t plus = line.insertions;
  std::size_t minus = line.deletions;
  if (width <= max) {
    std::size_t total = scaled(plus + minus, width, max);
    if (total < 2 && plus > 0 && minus > 0) total = 2;
    if (plus < minus) {
      plus = scaled(plus, width, max);
      minus = total - plus;
    } else {
      minus = scaled(minus, width, max);
      plus = total - minus;
    }
  }
  return std::string(plus, '+') + std::string(minus, '-');
}

std::string stat_totals(const std::vector<StatLine>& lines) {
  std::size_t insertions = 0;
  std::size_t deletions = 0;
  for (const StatLine& line : lines) {
    insertions += line.insertions;
    deletions += line.deletions;
  }
  std::string result = fmt::format(" {} changed", counted(lines.size(), "file"));
  if (insertions > 0 || deletions == 0)
    result += fmt::format(", {}(+)", counted(insertions, "insertion"));
  if (deletions > 0 || insertions == 0)
    result += fmt::format(", {}(-)", counted(deletions, "deletion"));
  return result + "\n";
}

bool has_carriage_returns(std::string_view diff) {
  return diff.find("\r\n") != std::string_view::npos;
}

constexpr const char* kKeepCr =
    "Lines here end in CR LF, which 'git am' keeps only with --keep-cr.\n\n";

}  // namespace

std::string mail_file_name(const MailPosition& position, std::string_view subject) {
  const std::string version = position.reroll > 1 ? fmt::format("v{}-", position.reroll) : "";
  std::string name = fmt::format("{}{:04}-", version, position.number);
  const std::size_t start = name.size();
  bool gap = false;
  for (const char c : subject) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '.' && c != '_') {
      gap = true;
      continue;
    }
    if (c == '.' && !gap && name.ends_with('.')) continue;
    if (gap && name.size() > start) name += '-';
    gap = false;
    name += c;
  }
  while (name.size() > start && (name.ends_with('.') || name.ends_with('-'))) name.pop_back();
  name.resize(std::min(name.size(), kFileNameLimit - kSuffix.size() - 1));
  return name.append(kSuffix);
}

std::string format_mail(const MailHeader& header, std::string_view content) {
  std::string mail = fmt::format("From {} Mon Sep 17 00:00:00 2001\n", header.commit);
  mail +=
      fmt::format("From: {}\n",
                  header_address(fmt::format("{} <{}>", header.author.name, header.author.email)));
  mail += fmt::format("Date: {}\n", rfc2822_date(header.author));
  mail +=
      folded_header(fmt::format("Subject: {} {}", subject_tag(header.position), header.subject));
  mail += '\n';
  if (!is_ascii(content))
    mail +=
        "MIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=UTF-8\n"
        "Content-Transfer-Encoding: 8bit\n";
  mail += address_header("To", header.recipients.to);
  mail += address_header("Cc", header.recipients.cc);
  return mail + fmt::format("\n{}-- \nkillify {}\n\n", content, version());
}

Result<std::string> format_patch(const SeriesCommit& commit, const Signature& author,
                                 const MailPosition& position) {
  KILLIFY_CHECK(check_mailable(commit.message));
  KILLIFY_TRY(const std::string stat, format_diffstat(commit.change.files));
  KILLIFY_TRY(const std::string diff, format_diff(commit.change.files));
  return format_mail({.commit = commit.oid,
                      .author = author,
                      .position = position,
                      .subject = commit.message.subject,
                      .recipients = {.to = commit.to, .cc = commit.cc}},
                     fmt::format("{}---\n{}{}\n{}", commit.message.body,
                                 has_carriage_returns(diff) ? kKeepCr : "", stat, diff));
}

Result<std::string> keep_cr_sentence(std::span<const SeriesCommit> commits) {
  std::size_t count = 0;
  for (const SeriesCommit& commit : commits) {
    KILLIFY_TRY(const std::string diff, format_diff(commit.change.files));
    count += has_carriage_returns(diff) ? 1 : 0;
  }
  if (count == 0) return {};
  return fmt::format("{} lines that end in CR LF: apply the patches with git am --keep-cr.",
                     counted(count, "patch has", "patches have"));
}

Result<std::string> format_diff(const std::vector<FileChange>& files) {
  std::string result;
  for (const FileChange& file : files) {
    KILLIFY_TRY(const std::string diff, unified_diff(file.path, file.before, file.after));
    result += diff;
  }
  return result;
}

Result<std::string> format_diffstat(const std::vector<FileChange>& files, std::size_t width) {
  std::vector<StatLine> lines;
  std::size_t max = 0;
  std::size_t name_width = 0;
  for (const FileChange& file : files) {
    KILLIFY_TRY(const DiffStat stat, diff_stat(file.before, file.after));
    lines.push_back({file.path, stat.insertions, stat.deletions});
    max = std::max(max, stat.insertions + stat.deletions);
    name_width = std::max(name_width, file.path.size());
  }
  // A line is " NAME | NUMBER GRAPH"; the graph may have three eighths of it and at least 6
  // columns.
  const std::size_t number_width = std::to_string(max).size();
  const std::size_t room = width - number_width - 6;
  std::size_t graph_width = max;
  if (name_width + graph_width > room) {
    const std::size_t share = width * 3 / 8 - number_width - 6;
    graph_width = std::min(graph_width, std::max<std::size_t>(share, 6));
    if (name_width > room - graph_width)
      name_width = room - graph_width;
    else
      graph_width = room - name_width;
  }
  std::string result;
  for (const StatLine& line : lines) {
    const std::string graph = stat_graph(line, graph_width, max);
    result += fmt::format(" {:<{}} | {:>{}}{}{}\n", shortened(line.name, name_width), name_width,
                          line.insertions + line.deletions, number_width, graph.empty() ? "" : " ",
                          graph);
  }
  return result + stat_totals(lines);
}

}  // namespace killify
