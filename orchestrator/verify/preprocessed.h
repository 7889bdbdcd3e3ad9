// What a compiler's preprocessor let through of the files that it read.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

class Preprocessed {
 public:
  // Reads the output of -E -fdirectives-only (or -E -dD): line markers, definitions and text. A
  // marker's path is relative to `directory`; files below `source` are known by their path in it.
  Preprocessed(std::string_view output, const std::filesystem::path& source,
               const std::filesystem::path& directory);

  // The lines of a file that came through; nullptr where it was not read. A line in the middle of a
  // definition or of a macro's arguments need not be among them: ask for its group.
  [[nodiscard]] const std::set<int>* lines_of(const std::string& file) const;

  // Does text that came through use the macro, be it through other macros?
  [[nodiscard]] bool uses(const std::string& macro) const;

 private:
  std::string text_;  // without comments
  std::map<std::string, std::set<int>> lines_;
};

}  // namespace killify
