// Small things done to text, each in one place.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

[[nodiscard]] std::vector<std::string> split_lines(std::string_view text);  // without the '\n's
[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);
// "a", "a and b", "a, b and c".
[[nodiscard]] std::string list_in_words(const std::vector<std::string>& items);
// Paragraphs (separated by blank lines) filled to `width` columns. A paragraph that starts with a
// space or a tab is kept as it is.
[[nodiscard]] std::string fill(std::string_view text, std::size_t width);
// At most `width` columns, the middle replaced by "..." where there are more.
[[nodiscard]] std::string elide_middle(std::string_view text, std::size_t width);
// " (did you mean 'convert'?)" when a candidate is close enough to `word`, else "".
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       const std::vector<std::string>& candidates);
// "1 file", "2 files"; "1 entry", "2 entries" with the plural given.
[[nodiscard]] std::string counted(std::size_t n, std::string_view singular,
                                  std::string_view plural = {});
// The part of an object id that is shown.
[[nodiscard]] inline std::string_view short_oid(std::string_view oid) {
  return oid.substr(0, 12);
}
// Of ASCII: 0 to 9; what a name of C has.
[[nodiscard]] bool is_digit(char c);
[[nodiscard]] bool in_word(char c);
// For XML and HTML, as text or an attribute. What XML 1.0 has no place for becomes '?'.
[[nodiscard]] std::string escaped(std::string_view text);

}  // namespace killify
