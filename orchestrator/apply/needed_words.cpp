#include "apply/needed_words.h"

#include "cocci/complaint.h"
#include "support/process.h"
#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <chrono>

namespace killify {
namespace {

constexpr std::string_view kQuery = "Grep query";

bool is_identifier(std::string_view word) {
  return !word.empty() && std::isdigit(static_cast<unsigned char>(word[0])) == 0 &&
         std::ranges::all_of(word, [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
         });
}

// The line behind "Grep query".
std::string query_in(const std::string& printed) {
  bool next = false;
  for (const std::string& line : split_lines(printed)) {
    if (next) return line;
    next = line == kQuery;
  }
  return {};
}

// What spatch says of a patch that it does not understand: "minus: parse error: File ..., line 6".
std::string complaint_of(const Completed& done) {
  std::string said;
  bool goes_on = false;
  for (const std::string* stream : {&done.err, &done.out})
    for (const std::string& line : split_lines(*stream)) {
      const std::string text(trim(line));
      if (goes_on && text.starts_with("File ")) return fmt::format("{} {}", said, text);
      goes_on = false;
      if (is_standing_remark(text)) continue;
      if (text.find("rror") == std::string::npos && text.find("xception") == std::string::npos)
        continue;
      if (said.empty()) said = text;
      goes_on = true;
    }
  if (said.empty()) said = last_complaint(done.err);  // "No OCaml compiler found! ..."
  return said.empty() ? done.how_it_ended() : said;
}

}  // namespace

struct NeededWords::Parser {
  std::string_view text;
  std::size_t at = 0;
  bool failed = false;

  void skip_blanks() {
    while (at < text.size() && text[at] == ' ') ++at;
  }
  bool take(std::string_view mark) {
    skip_blanks();
    if (!text.substr(at).starts_with(mark)) return false;
    at += mark.size();
    return true;
  }
  Node either() {
    return list(false, "||", [this] { return both(); });
  }
  Node both() {
    return list(true, "&&", [this] { return one(); });
  }

  template <typename Part>
  Node list(bool all, std::string_view mark, const Part& part) {
    Node node{.all = all, .word = {}, .parts = {}};
    do node.parts.push_back(part());
    while (!failed && take(mark));
    return node.parts.size() == 1 ? std::move(node.parts.front()) : std::move(node);
  }

  Node one() {
    if (take("(")) {
      Node node = either();
      failed = failed || !take(")");
      return node;
    }
    skip_blanks();
    const auto begin = at;
    while (at < text.size() && std::string_view(" ()&|").find(text[at]) == std::string_view::npos)
      ++at;
    failed = failed || at == begin;
    return {.all = false, .word = std::string(text.substr(begin, at - begin)), .parts = {}};
  }
};

std::optional<NeededWords> NeededWords::parse(std::string_view query) {
  Parser parser{.text = query};
  NeededWords needed;
  needed.root_ = parser.either();
  parser.skip_blanks();
  if (parser.failed || parser.at != query.size()) return std::nullopt;
  return needed;
}

std::optional<std::set<std::string>> NeededWords::files_of(const Node& node,
                                                           const WordIndex& words) {
  std::set<std::string> files;
  if (node.parts.empty()) {
    // The index holds what the tokens show: a name, and no part of a file's name.
    if (!is_identifier(node.word)) return std::nullopt;
    for (const TreeEntry* entry : words.files_with(node.word)) files.insert(entry->path);
    return files;
  }
  bool first = true;
  for (const Node& part : node.parts) {
    auto of_part = files_of(part, words);
    if (!of_part) {
      if (node.all) continue;
      return std::nullopt;
    }
    if (first || !node.all) {
      files.merge(*of_part);
    } else {
      std::erase_if(files, [&](const std::string& path) { return !of_part->contains(path); });
    }
    first = false;
  }
  if (first) return std::nullopt;
  return files;
}

std::optional<std::set<std::string>> NeededWords::files(const WordIndex& words) const {
  return files_of(root_, words);
}

Result<std::optional<NeededWords>> needed_words(const UserPatch& patch,
                                                const std::vector<std::string>& arguments) {
  Command command{.argv = {"spatch", "--parse-cocci", patch.file.string()},
                  .cwd = patch.file.parent_path(),
                  .deadline = std::chrono::minutes(2),
                  .unlimited_stack = true};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  KILLIFY_TRY(const Completed done, run(command));
  if (!done.ok())
    return fail("{}: spatch does not understand it: {}", patch.file.string(), complaint_of(done));
  return NeededWords::parse(query_in(done.out));
}

}  // namespace killify
