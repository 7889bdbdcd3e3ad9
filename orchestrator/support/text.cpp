#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace killify {
namespace {

constexpr std::string_view kSpaces = " \t\r\n\f\v";

bool blank(std::string_view line) {
  return line.find_first_not_of(kSpaces) == line.npos;
}

// Columns that a terminal gives to UTF-8 text, wide characters aside: bytes that start a character.
std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// Byte offset of the character in column `column`.
std::size_t offset_of_column(std::string_view text, std::size_t column) {
  std::size_t offset = 0;
  while (offset < text.size()) {
    if ((text[offset] & 0xC0) != 0x80 && column-- == 0) return offset;
    ++offset;
  }
  return offset;
}

void fill_paragraph(const std::vector<std::string>& lines, std::size_t width, std::string& out) {
  std::size_t column = 0;
  for (const std::string& line : lines) {
    std::size_t start = 0;
    while ((start = line.find_first_not_of(kSpaces, start)) != line.npos) {
      const std::size_t end = std::min(line.find_first_of(kSpaces, start), line.size());
      const std::string_view word = std::string_view(line).substr(start, end - start);
      const std::size_t size = columns(word);
      if (column > 0 && column + 1 + size > width) {
        out += '\n';
        column = 0;
      } else if (column > 0) {
        out += ' ';
        ++column;
      }
      out += word;
      column += size;
      start = end;
    }
  }
}

// Damerau-Levenshtein distance (optimal string alignment): insertions, deletions, substitutions and
// swaps of neighbours.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitution = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, substitution});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

}  // namespace

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpaces);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  return fmt::format("{}", fmt::join(parts, separator));
}

std::string list_in_words(const std::vector<std::string>& items) {
  if (items.size() < 2) return items.empty() ? std::string() : items.front();
  return fmt::format("{} and {}", fmt::join(items.begin(), items.end() - 1, ", "), items.back());
}

std::string fill(std::string_view text, std::size_t width) {
  std::string out;
  std::vector<std::string> paragraph;
  const auto flush = [&] {
    if (paragraph.empty()) return;
    if (!out.empty()) out += "\n\n";
    const char first = paragraph.front().front();
    if (first == ' ' || first == '\t')
      out += join(paragraph, "\n");
    else
      fill_paragraph(paragraph, width, out);
    paragraph.clear();
  };
  for (std::string& line : split_lines(text)) {
    if (blank(line))
      flush();
    else
      paragraph.push_back(std::move(line));
  }
  flush();
  if (!out.empty() && text.ends_with('\n')) out += '\n';
  return out;
}

std::string elide_middle(std::string_view text, std::size_t width) {
  constexpr std::string_view kMark = "...";
  const std::size_t size = columns(text);
  if (size <= width) return std::string(text);
  if (width <= kMark.size()) return std::string(kMark.substr(0, width));
  const std::size_t kept = width - kMark.size();
  const std::size_t head = kept / 2;
  return fmt::format("{}{}{}", text.substr(0, offset_of_column(text, head)), kMark,
                     text.substr(offset_of_column(text, size - (kept - head))));
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  // A third of the letters may be wrong: more, and the guess is as likely to be a joke.
  std::size_t best = std::max<std::size_t>(1, word.size() / 3) + 1;
  const std::string* nearest = nullptr;
  for (const std::string& candidate : candidates) {
    if (const std::size_t d = distance(word, candidate); d < best && d < candidate.size()) {
      best = d;
      nearest = &candidate;
    }
  }
  return nearest == nullptr ? std::string() : fmt::format(" (did you mean '{}'?)", *nearest);
}

std::string counted(std::size_t n, std::string_view singular, std::string_view plural) {
  if (n == 1) return fmt::format("1 {}", singular);
  if (!plural.empty()) return fmt::format("{} {}", n, plural);
  return fmt::format("{} {}s", n, singular);
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\n':
        out += "&#10;";
        break;
      case '\t':
        out += "&#9;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    }
  }
  return out;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool in_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

}  // namespace killify
