// What stands at the top level of a file about one function: its definitions and prototypes, each
// with the comment in front of it and the export behind it.
#pragma once

#include "facts/sketch.h"

#include <string>
#include <vector>

namespace killify {

// Lines from 1; 0 where there is no such line.
struct TopLevelItem {
  bool definition = true;  // else a prototype
  bool is_static = false;
  int comment = 0;    // the first line of the comment that ends right above the code
  int first = 0;      // of the code
  int last = 0;       // the closing brace or the semicolon
  int exported = 0;   // "EXPORT_SYMBOL_GPL(name);", behind a definition
  bool apart = true;  // no other code on its lines
};

// In the order of the file: one for each `#if` variant.
[[nodiscard]] std::vector<TopLevelItem> top_level_items(const Sketch& sketch,
                                                        const std::string& name);

}  // namespace killify
