#include "cli/help.h"

#include "support/text.h"

namespace killify {

std::string with_filled_help(const std::string& text, std::size_t column, std::size_t width) {
  std::string filled;
  for (const auto& line : split_lines(text)) {
    const bool in_table = line.size() > column && line.starts_with("  ") && line[column - 1] == ' ';
    if (line.size() <= width || line.starts_with("Usage:")) {
      filled += line + "\n";
      continue;
    }
    const auto indent = in_table ? column : 0;
    std::string between = line.substr(0, indent);
    for (const auto& part : split_lines(fill(line.substr(indent), width - indent))) {
      filled += between + part + "\n";
      between.assign(indent, ' ');
    }
  }
  return filled;
}

}  // namespace killify
