// What modules link with: a symbol that the base exports stays, with its type.
#pragma once

#include "series/change.h"

#include <set>
#include <string>
#include <vector>

namespace killify {

struct LostExport {
  std::string name;
  std::string why;  // "hop_wait() is exported no more (drivers/hop.c)"
};

// What EXPORT_SYMBOL() and its like name, by the tokens.
[[nodiscard]] std::set<std::string> exports_of(const std::string& text);

// The symbols that the files exported before and that are gone afterwards, or are of another type.
// By the tokens of both texts, whatever made the change. Those of `dropped` may go.
[[nodiscard]] std::vector<LostExport> lost_exports(const std::vector<FileChange>& files,
                                                   const std::vector<std::string>& dropped);

}  // namespace killify
