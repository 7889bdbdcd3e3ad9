// The unified diffs that spatch prints, and what else stands between them.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

struct PrintedByPath {
  // The lines of the hunks ("@@ -1,2 +1,3 @@" and what follows) by the path behind "--- ": a path
  // has several where several files include it.
  std::map<std::string, std::vector<std::vector<std::string>>> diffs;
  std::vector<std::string> other;  // lines that belong to no diff: what scripts printed
};

[[nodiscard]] PrintedByPath printed_by_path(std::string_view printed);

// The text with the hunks of one diff carried out; nothing where they do not fit it to the letter.
[[nodiscard]] std::optional<std::string> with_hunks(std::string_view text,
                                                    const std::vector<std::string>& hunks);

// A run of lines that a diff changes.
struct ChangedPlace {
  std::size_t line = 0;  // of the old text
  std::size_t removed = 0;
  std::size_t added = 0;
};
[[nodiscard]] std::vector<ChangedPlace> changed_places(const std::vector<std::string>& hunks);

}  // namespace killify
