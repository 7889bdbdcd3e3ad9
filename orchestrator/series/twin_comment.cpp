#include "series/twin_comment.h"

#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace killify {
namespace {

constexpr std::size_t kWidth = 80;

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// A word with the punctuation around it: "(signals)," is "(", "signals" and "),".
struct Word {
  std::string front;
  std::string core;
  std::string back;

  explicit Word(std::string_view text) {
    std::size_t begin = 0;
    while (begin < text.size() && !is_word_character(text[begin])) ++begin;
    std::size_t end = begin;
    while (end < text.size() && is_word_character(text[end])) ++end;
    front = text.substr(0, begin);
    core = text.substr(begin, end - begin);
    back = text.substr(end);
  }
  [[nodiscard]] std::string text() const { return front + core + back; }
};

std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  for (std::size_t at = 0; (at = text.find_first_not_of(" \t", at)) != std::string_view::npos;) {
    const auto end = std::min(text.find_first_of(" \t", at), text.size());
    words.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

bool is_one_of(const std::string& word, std::initializer_list<std::string_view> list) {
  return std::ranges::find(list, word) != list.end();
}

class Prose {
 public:
  explicit Prose(const std::map<std::string, std::string>& renames) : renames_(renames) {}

  // The words of the text, each as it is now; one may have become several. `changed` says whether
  // any did.
  std::vector<std::string> rewrite(const std::string& text, bool& changed) {
    auto words = words_of(text);
    changed = false;
    for (std::size_t i = 0; i < words.size(); ++i) {
      const auto before = words[i].text();
      rename(words[i].core);
      rename_inside(words[i].back);
      const auto word = lower(words[i].core);
      const auto previous = i > 0 ? lower(words[i - 1].core) : std::string();
      const auto next =
          i + 1 < words.size() && words[i].back.empty() ? lower(words[i + 1].core) : std::string();
      if (word == "interruptible" || word == "interruptibly") {
        if (words[i].front.ends_with('-') || previous == "not") unknown_ = before;
        if (next != "by")
          words[i].core =
              std::string(words[i].core[0] == 'I' ? "Killabl" : "killabl") + word.back();
      } else if (word == "interrupted" && next != "by") {
        words[i].core += " by a fatal signal";
      } else if (word == "signal" && words[i].back.find('(') == std::string::npos) {
        one_signal(words, i, previous, changed);
      } else if (word == "signals" && previous != "fatal" &&
                 !is_one_of(next, {"a", "an", "the", "that"})) {
        words[i].core = "fatal " + words[i].core;
      }
      changed = changed || words[i].text() != before;
    }
    std::vector<std::string> result;
    result.reserve(words.size());
    for (const auto& word : words) result.push_back(word.text());
    return result;
  }

  [[nodiscard]] const std::string& unknown() const { return unknown_; }

 private:
  void rename(std::string& name) const {
    if (auto found = renames_.find(name); found != renames_.end()) name = found->second;
  }

  // "foo/bar_interruptible()".
  void rename_inside(std::string& text) const {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
      auto end = at;
      while (end < text.size() && is_word_character(text[end])) ++end;
      std::string name = text.substr(at, end - at);
      rename(name);
      result += name;
      if (end < text.size()) result += text[end++];
      at = end;
    }
    text = std::move(result);
  }

  void one_signal(std::vector<Word>& words, std::size_t at, const std::string& previous,
                  bool& changed) {
    if (is_one_of(previous, {"fatal", "the", "this", "that"})) return;
    if (!is_one_of(previous, {"a", "any"})) {
      unknown_ = fmt::format("{} {}", previous, words[at].text());
      return;
    }
    if (previous == "any") words[at - 1].core = words[at - 1].core[0] == 'A' ? "A" : "a";
    words[at].core = "fatal " + words[at].core;
    changed = true;
  }

  const std::map<std::string, std::string>& renames_;
  std::string unknown_;
};

// A line between the marks, without " *": "@lock: the mutex".
std::string content_of(const std::string& line) {
  const auto star = line.find('*');
  return star == std::string::npos ? line : line.substr(star + 1);
}

std::size_t blanks_before(std::string_view text) {
  return std::min(text.find_first_not_of(" \t"), text.size());
}

// "@lock: ..." or "Return: ...".
bool opens_section(std::string_view content) {
  content = trim(content);
  const auto colon = content.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  return content.substr(0, colon).find(' ') == std::string_view::npos;
}

class Rewriter {
 public:
  explicit Rewriter(const std::map<std::string, std::string>& renames) : prose_(renames) {}

  TwinComment rewrite(const std::vector<std::string>& lines) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const bool marks = i == 0 || i + 1 == lines.size();
      const auto content = content_of(lines[i]);
      if (marks || trim(content).empty()) {
        flush();
        add_marked(lines[i]);
        continue;
      }
      const bool starts = paragraph_.empty() || opens_section(content) ||
                          blanks_before(content) != blanks_before(content_of(paragraph_.back()));
      // The lines below "@lock: ..." may be indented.
      const bool belongs = paragraph_.size() == 1 && opens_section(content_of(paragraph_[0])) &&
                           !opens_section(content);
      if (starts && !belongs) flush();
      paragraph_.push_back(lines[i]);
    }
    flush();
    result_.unknown = prose_.unknown();
    return std::move(result_);
  }

 private:
  // "/**", " */" and one-line comments: nothing to fill.
  void add_marked(const std::string& line) {
    bool changed = false;
    const auto indent = line.substr(0, blanks_before(line));
    const auto words = prose_.rewrite(line.substr(indent.size()), changed);
    result_.lines.push_back(changed ? indent + join(words, " ") : line);
  }

  void flush() {
    if (paragraph_.empty()) return;
    std::vector<std::string> contents;
    for (const auto& line : paragraph_) contents.push_back(content_of(line));
    std::string joined;
    for (const auto& content : contents)
      joined += (joined.empty() ? "" : " ") + std::string(trim(content));
    bool changed = false;
    const auto words = prose_.rewrite(joined, changed);
    if (changed)
      add_lines(words);
    else
      result_.lines.insert(result_.lines.end(), paragraph_.begin(), paragraph_.end());
    paragraph_.clear();
  }

  // The paragraph with these words: a line without a change stays as it is, and words for which
  // there is no room any more go to the next line.
  void add_lines(const std::vector<std::string>& words) {
    std::vector<std::string> carried;
    std::string indent;
    std::size_t at = 0;
    for (const auto& line : paragraph_) {
      const auto star = line.find('*');
      const auto head = star == std::string::npos ? 0 : star + 1;
      indent = line.substr(0, head + blanks_before(std::string_view(line).substr(head)));
      const auto before = words_of(std::string_view(line).substr(head));
      std::vector<std::string> now = std::move(carried);
      carried.clear();
      bool same = now.empty();
      for (const auto& word : before) {
        same = same && words[at] == word.text();
        now.push_back(words[at++]);
      }
      if (same)
        result_.lines.push_back(line);
      else
        carried = add_line(indent, now);
    }
    while (!carried.empty()) carried = add_line(indent, carried);
  }

  // As many of the words as the line has room for; returns the others.
  std::vector<std::string> add_line(const std::string& indent,
                                    const std::vector<std::string>& words) {
    // What one word became is to be broken like any other text.
    std::vector<std::string> single;
    for (const auto& word : words)
      for (const auto& part : words_of(word)) single.push_back(part.text());
    std::string line = indent;
    std::size_t used = 0;
    while (used < single.size() && (used == 0 || line.size() + 1 + single[used].size() <= kWidth)) {
      line += (used == 0 ? "" : " ") + single[used];
      ++used;
    }
    result_.lines.push_back(line);
    return {single.begin() + static_cast<std::ptrdiff_t>(used), single.end()};
  }

  Prose prose_;
  TwinComment result_;
  std::vector<std::string> paragraph_;  // lines, as they are
};

}  // namespace

TwinComment killable_comment(const std::vector<std::string>& lines,
                             const std::map<std::string, std::string>& renames) {
  return Rewriter(renames).rewrite(lines);
}

std::vector<std::string> with_fatal_result(std::vector<std::string> lines, const std::string& from,
                                           const std::string& to) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto at = lines[i].find(from);
    if (at == std::string::npos) continue;
    const auto behind = words_of(std::string_view(lines[i]).substr(at + from.size()));
    const auto next = i + 1 < lines.size() ? std::string(trim(content_of(lines[i + 1]))) : "";
    // An item of a list that ends with the line: the next one is empty, a mark or another result.
    const bool item = trim(content_of(lines[i])).starts_with(from) && !behind.empty() &&
                      is_one_of(behind[0].core, {"if", "when", "on"}) &&
                      (next.empty() || next == "/" || next[0] == '0' || next[0] == '-' ||
                       next.starts_with("VM_"));
    lines[i] = item ? lines[i].substr(0, at) + to + " if a fatal signal is pending."
                    : lines[i].replace(at, from.size(), to);
  }
  return lines;
}

}  // namespace killify
