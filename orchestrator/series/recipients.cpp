#include "series/recipients.h"

#include "support/files.h"
#include "support/process.h"
#include "support/temp_dir.h"
#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <set>
#include <utility>

namespace killify {
namespace {

// The script needs a tenth of a second for a patch of one file and a few seconds for one of thirty.
constexpr std::chrono::minutes kDeadline{2};

// Where --roles' remark begins: after the address, or after the '>' of "Name <address>".
std::size_t role_start(std::string_view line) {
  const std::size_t close = line.find('>');
  return line.find(" (", close == std::string_view::npos ? 0 : close);
}

bool is_list(std::string_view recipient) {
  return recipient.find('<') == std::string_view::npos;
}

bool is_responsible(std::string_view role) {
  for (const std::string_view title : {"maintainer", "supporter", "odd fixer", "chief penguin"})
    if (role.starts_with(title) || role.find(fmt::format(",{}:", title)) != role.npos) return true;
  return false;
}

// People before lists, each by name; linux-kernel is a list as any other.
void sort_recipients(std::vector<std::string>& recipients) {
  const auto key = [](const std::string& recipient) {
    std::string folded;
    for (const char c : recipient)
      if (c != '"') folded += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return std::pair(is_list(recipient), folded);
  };
  std::ranges::sort(recipients, {}, key);
  recipients.erase(std::unique(recipients.begin(), recipients.end()), recipients.end());
}

std::string rfc2047_word(std::string_view text) {
  std::string result = "=?UTF-8?q?";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || std::string_view("!*+-/").find(c) != std::string_view::npos)
      result += c;
    else
      result += fmt::format("={:02X}", byte);
  }
  return result + "?=";
}

}  // namespace

Result<Recipients> find_recipients(const std::filesystem::path& tree, std::string_view patch) {
  const std::filesystem::path script = tree / "scripts/get_maintainer.pl";
  if (!std::filesystem::exists(script))
    return fail(
        "{}: not there, so nobody can be found to send the patches to; is {} a kernel tree?",
        script.string(), tree.string());
  if (find_program("perl").empty())
    return fail("{}: needs perl, which is not installed; install the package perl",
                script.string());
  KILLIFY_TRY(const TempDir scratch, TempDir::make());
  const std::filesystem::path file = scratch.path() / "patch";
  KILLIFY_CHECK(write_file_atomic(file, patch));
  Command command;
  command.argv = {"perl",    script.string(),  "--no-git",   "--no-git-fallback",
                  "--roles", "--no-rolestats", file.string()};
  command.cwd = tree;
  command.deadline = kDeadline;
  KILLIFY_TRY(const Completed done, run(command));
  if (!done.ok()) {
    const std::vector<std::string> said = split_lines(trim(done.err));
    return fail("{}: {}: {}; run it by hand on one of the patches", script.string(),
                done.how_it_ended(), said.empty() ? "it said nothing" : said.front());
  }
  return parse_recipients(done.out);
}

Recipients parse_recipients(std::string_view output) {
  Recipients result;
  for (const std::string& text : split_lines(output)) {
    const std::string_view line = trim(text);
    if (line.empty()) continue;
    const std::size_t end = role_start(line);
    const std::string recipient(line.substr(0, end));
    const std::string_view role =
        end == std::string_view::npos ? std::string_view() : line.substr(end + 2);
    (is_responsible(role) ? result.to : result.cc).push_back(recipient);
  }
  if (result.to.empty()) {
    std::ranges::copy_if(result.cc, std::back_inserter(result.to), is_list);
    std::erase_if(result.cc, is_list);
  }
  sort_recipients(result.to);
  sort_recipients(result.cc);
  return result;
}

CoverRecipients cover_recipients(const std::vector<Recipients>& patches, std::size_t limit) {
  std::set<std::string> people;
  std::set<std::string> lists;
  for (const Recipients& patch : patches) {
    for (const std::string& recipient : patch.to)
      (is_list(recipient) ? lists : people).insert(recipient);
    std::ranges::copy_if(patch.cc, std::inserter(lists, lists.end()), is_list);
  }
  CoverRecipients result;
  result.recipients.to.assign(people.begin(), people.end());
  result.recipients.cc.assign(lists.begin(), lists.end());
  if (people.size() + lists.size() > limit) {
    result.warning = fmt::format(
        "the cover letter would go to {}, more than {}: it names the lists only; post by subsystem "
        "(generate PATH) so that its maintainers get one",
        counted(people.size() + lists.size(), "recipient"), limit);
    result.recipients.to.clear();
  }
  if (result.recipients.to.empty()) std::swap(result.recipients.to, result.recipients.cc);
  sort_recipients(result.recipients.to);
  sort_recipients(result.recipients.cc);
  return result;
}

std::string header_address(std::string_view recipient) {
  const std::size_t open = recipient.find('<');
  if (open == std::string_view::npos) return std::string(trim(recipient));
  std::string_view name = trim(recipient.substr(0, open));
  if (name.size() >= 2 && name.starts_with('"') && name.ends_with('"'))
    name = name.substr(1, name.size() - 2);
  const std::string_view address = recipient.substr(open);
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (!std::ranges::all_of(name, is_ascii))
    return fmt::format("{} {}", rfc2047_word(name), address);
  if (name.find_first_of("()<>[]:;@\\,.\"") == std::string_view::npos)
    return name.empty() ? std::string(address) : fmt::format("{} {}", name, address);
  std::string quoted;
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return fmt::format("\"{}\" {}", quoted, address);
}

}  // namespace killify
