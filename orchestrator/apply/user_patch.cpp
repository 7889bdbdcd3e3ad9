#include "apply/user_patch.h"

#include "support/digest.h"
#include "support/files.h"
#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace killify {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSummary = "///";

// Options that killify decides about. The second kind takes a value.
constexpr std::array<std::string_view, 13> kOwn = {
    "--in-place",      "--out-place",   "--show-diff",      "--no-show-diff", "--force-diff",
    "--quiet",         "--very-quiet",  "--use-glimpse",    "--use-idutils",  "--use-gitgrep",
    "--use-coccigrep", "--parse-cocci", "--verbose-parsing"};
constexpr std::array<std::string_view, 16> kOwnWithValue = {
    "--timeout",   "--dir",    "--ignore",      "-j", "--jobs", "--chunksize", "--index",
    "--max",       "--patch",  "--file-groups", "-o", "-U",     "--sp-file",   "--cocci-file",
    "--use-cache", "--tmp-dir"};

bool is_word_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// "patch" and "report" of "virtual patch, report;".
void add_virtual_rules(std::string_view line, std::set<std::string>& rules) {
  std::string word;
  for (const char c : line) {
    if (is_word_char(c)) {
      word += c;
      continue;
    }
    if (!word.empty()) rules.insert(word);
    word.clear();
    if (c != ',' && c != ' ' && c != '\t') return;
  }
  if (!word.empty()) rules.insert(word);
}

// What the prolog includes is part of the patch. spatch looks for it beside the file.
Status add_included(const fs::path& directory, const std::vector<std::string>& lines,
                    std::set<std::string>& seen, std::string& digests) {
  constexpr std::string_view kInclude = "#include \"";
  for (const std::string& line : lines) {
    if (line.starts_with('@')) break;
    if (!line.starts_with(kInclude)) continue;
    const auto end = line.find('"', kInclude.size());
    const std::string name = line.substr(kInclude.size(), end - kInclude.size());
    if (!seen.insert(name).second) continue;
    KILLIFY_TRY(const std::string text, read_file(directory / name));
    digests += fmt::format("\n{} {}", name, sha256(text));
    KILLIFY_CHECK(add_included(directory, split_lines(text), seen, digests));
  }
  return {};
}

bool begins_script(std::string_view line) {
  return line.starts_with('@') && (line.find("script:") != std::string_view::npos ||
                                   line.find("initialize:") != std::string_view::npos ||
                                   line.find("finalize:") != std::string_view::npos);
}

// The words of a command line, with '...' and "..." taken off.
std::vector<std::string> shell_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool open = false;
  char quote = 0;
  for (const char c : text) {
    if (quote != 0) {
      if (c == quote)
        quote = 0;
      else
        word += c;
    } else if (c == '"' || c == '\'') {
      quote = c;
      open = true;
    } else if (c == ' ' || c == '\t') {
      if (open) words.push_back(word);
      word.clear();
      open = false;
    } else {
      word += c;
      open = true;
    }
  }
  if (open) words.push_back(word);
  return words;
}

// "--no-includes" of "-no_includes", which spatch takes as well; short options stay.
std::string canonical(const std::string& word) {
  const auto begin = word.find_first_not_of('-');
  const bool is_short = word.size() <= 2 || word.starts_with("-I") || word.starts_with("-D");
  if (begin == 0 || begin == std::string::npos || is_short) return word;
  std::string option = "--";
  bool in_name = true;
  for (const char c : std::string_view(word).substr(begin)) {
    in_name = in_name && c != '=';
    option += in_name && c == '_' ? '-' : c;
  }
  return option;
}

}  // namespace

Result<UserPatch> read_user_patch(const fs::path& file) {
  UserPatch patch;
  std::error_code error;
  patch.file = fs::absolute(file, error);
  if (file.extension() != ".cocci")
    return fail("{}: not a semantic patch: its name does not end in .cocci", file.string());
  KILLIFY_TRY(patch.text, read_file(patch.file));
  patch.name = file.stem().string();
  const std::vector<std::string> lines = split_lines(patch.text);
  bool in_head = true;
  bool paragraph = true;  // the next line begins one
  std::vector<std::string> paragraphs;
  std::vector<std::string> dropped;
  for (const std::string& line : lines) {
    if (line.starts_with('@')) in_head = false;
    patch.scripts = patch.scripts || begins_script(line);
    if (!in_head) continue;
    if (line.starts_with("virtual "))
      add_virtual_rules(std::string_view(line).substr(std::string_view("virtual ").size()),
                        patch.virtual_rules);
    constexpr std::string_view kOptions = "Options:";
    if (line.starts_with(kSummary)) {
      const std::string said(trim(std::string_view(line).substr(kSummary.size())));
      if (said.empty()) {
        paragraph = true;
      } else if (paragraph) {
        paragraphs.push_back(said);
        paragraph = false;
      } else {
        paragraphs.back() += ' ' + said;
      }
    } else if (line.starts_with("//")) {
      const std::string said(trim(std::string_view(line).substr(2)));
      if (said.starts_with(kOptions))
        for (std::string& option :
             reading_options(std::string_view(said).substr(kOptions.size()), dropped))
          patch.options.push_back(std::move(option));
    }
  }
  if (!paragraphs.empty()) {
    patch.summary = paragraphs.front();
    patch.description.assign(paragraphs.begin() + 1, paragraphs.end());
  }
  std::set<std::string> seen;
  std::string digests = sha256(patch.text);
  KILLIFY_CHECK(add_included(patch.file.parent_path(), lines, seen, digests));
  patch.sha256 = sha256(digests);
  return patch;
}

std::vector<std::string> reading_options(std::string_view options,
                                         std::vector<std::string>& dropped) {
  std::vector<std::string> kept;
  const std::vector<std::string> words = shell_words(options);
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string word = canonical(words[i]);
    std::string name;
    for (const char c : word) {
      if (c == '=') break;
      name += c;
    }
    if (std::ranges::find(kOwn, name) != kOwn.end()) {
      dropped.push_back(name);
    } else if (std::ranges::find(kOwnWithValue, name) != kOwnWithValue.end()) {
      dropped.push_back(name);
      if (name == word) ++i;  // else "--timeout=20"
    } else {
      kept.push_back(std::move(word));
    }
  }
  return kept;
}

std::string cocciconfig_options(std::string_view text) {
  std::string options;
  bool here = false;
  for (const std::string& line : split_lines(text)) {
    const std::string said(trim(line));
    if (said.starts_with('[')) here = said == "[spatch]";
    if (!here || !said.starts_with("options")) continue;
    const auto equals = said.find('=');
    if (equals == std::string::npos || trim(std::string_view(said).substr(0, equals)) != "options")
      continue;
    options += ' ' + std::string(trim(std::string_view(said).substr(equals + 1)));
  }
  return options;
}

std::string rules_of(std::string_view text) {
  std::string rules;
  bool begun = false;
  for (const std::string& line : split_lines(text)) {
    begun = begun || line.starts_with('@');
    if (begun) rules += line + '\n';
  }
  while (rules.ends_with("\n\n")) rules.pop_back();
  return rules;
}

}  // namespace killify
