// A commit's patch, taken apart: which lines of which files it added.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace killify {

struct Hunk {
  int first = 0;           // its first line in the new file
  int count = 0;           // its lines in the new file
  std::vector<int> added;  // lines of the new file
  std::string text;        // as in the patch, from "@@"
};

struct FilePatch {
  std::string path;  // in the new tree
  std::vector<Hunk> hunks;
};

// Reads a unified diff as git writes it. Files that are removed or have no text are left out.
[[nodiscard]] std::vector<FilePatch> read_patch(std::string_view diff);

// The hunk that holds the line, or the nearest one that ends above it: what broke a line below.
// nullptr where the file is not in the patch.
[[nodiscard]] const Hunk* hunk_behind(const std::vector<FilePatch>& patch, std::string_view file,
                                      int line);

// Whether the patch adds this line with CR LF, and with no other blank at its end, where the file
// has CR LF already: in the lines that it replaces, or in one beside it where it replaces none.
[[nodiscard]] bool keeps_carriage_return(const std::vector<FilePatch>& patch, std::string_view file,
                                         int line);

}  // namespace killify
