#include "tree/text_diff.h"

#include "support/text.h"
#include "tree/git_handle.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace killify {

namespace {

Result<GitPatch> compare(const std::string& path, std::string_view before, std::string_view after) {
  start_libgit2();
  git_diff_options options = GIT_DIFF_OPTIONS_INIT;
  // The kernel's files are text; a stray NUL must not hide a change.
  options.flags |= GIT_DIFF_FORCE_TEXT;
  GitPatch patch;
  if (git_patch_from_buffers(receive(patch), before.data(), before.size(), path.c_str(),
                             after.data(), after.size(), path.c_str(), &options) != 0)
    return fail("{}: cannot compare the two versions: {}", path, git_message());
  return patch;
}

// "out_unlock:", also with a comment behind it.
bool is_label(std::string_view line) {
  const auto end = std::find_if_not(line.begin(), line.end(), in_word);
  if (end == line.end() || *end != ':') return false;
  const std::string_view rest = trim({end + 1, line.end()});
  return rest.empty() || rest.front() == '/' || rest.front() == '*';
}

// What git shows behind the second "@@": the last line above the hunk that starts in column 0 with
// a name. The kernel's .gitattributes give C files git's C rule, which passes over labels; libgit2
// has no such rule, so that a hunk at the end of a function would be said to be in "out:".
class HunkTitles {
 public:
  HunkTitles(std::string_view path, std::string_view before)
      : c_rule_(path.ends_with(".c") || path.ends_with(".h")), lines_(split_lines(before)) {}

  [[nodiscard]] std::string above(int first_line) const {
    constexpr std::size_t kLongest = 80;  // as git cuts it
    const auto lines = static_cast<int>(lines_.size());
    for (int at = std::min(first_line - 1, lines); at > 0; --at) {
      const std::string_view line = lines_[static_cast<std::size_t>(at) - 1];
      if (!names_something(line)) continue;
      return std::string(trim(line.substr(0, kLongest)));
    }
    return {};
  }

 private:
  [[nodiscard]] bool names_something(std::string_view line) const {
    if (line.empty()) return false;
    const char first = line.front();
    const bool alpha = std::isalpha(static_cast<unsigned char>(first)) != 0 || first == '_';
    return c_rule_ ? alpha && !is_label(line) : alpha || first == '$';
  }

  bool c_rule_;
  std::vector<std::string> lines_;
};

struct Printer {
  const HunkTitles& titles;
  std::string text;
};

void print_hunk_header(Printer& printer, const git_diff_hunk& hunk) {
  const std::string_view header(hunk.header, hunk.header_len);
  printer.text += header.substr(0, header.find("@@", 2) + 2);
  if (const std::string title = printer.titles.above(hunk.old_start); !title.empty())
    printer.text += ' ' + title;
  printer.text += '\n';
}

int print_line(const git_diff_delta* /*delta*/, const git_diff_hunk* hunk,
               const git_diff_line* line, void* payload) {
  Printer& printer = *static_cast<Printer*>(payload);
  if (line->origin == GIT_DIFF_LINE_HUNK_HDR) {
    print_hunk_header(printer, *hunk);
    return 0;
  }
  if (line->origin == GIT_DIFF_LINE_CONTEXT || line->origin == GIT_DIFF_LINE_ADDITION ||
      line->origin == GIT_DIFF_LINE_DELETION)
    printer.text += line->origin;
  printer.text.append(line->content, line->content_len);
  return 0;
}

}  // namespace

Result<std::string> unified_diff(std::string_view path, std::string_view before,
                                 std::string_view after) {
  if (before == after) return std::string();
  const std::string name(path);
  KILLIFY_TRY(const GitPatch patch, compare(name, before, after));
  const HunkTitles titles(path, before);
  Printer printer{titles, {}};
  if (git_patch_print(patch.get(), print_line, &printer) != 0)
    return fail("{}: cannot print the difference: {}", name, git_message());
  return std::move(printer.text);
}

Result<std::string> patch_id(std::string_view diff) {
  start_libgit2();
  GitDiff parsed;
  git_oid id;
  if (git_diff_from_buffer(receive(parsed), diff.data(), diff.size()) != 0 ||
      git_diff_patchid(&id, parsed.get(), nullptr) != 0)
    return fail("cannot tell the id of a patch: {}", git_message());
  return oid_text(id);
}

Result<DiffStat> diff_stat(std::string_view before, std::string_view after) {
  DiffStat stat;
  if (before == after) return stat;
  KILLIFY_TRY(const GitPatch patch, compare("file", before, after));
  if (git_patch_line_stats(nullptr, &stat.insertions, &stat.deletions, patch.get()) != 0)
    return fail("cannot count the changed lines: {}", git_message());
  return stat;
}

}  // namespace killify
