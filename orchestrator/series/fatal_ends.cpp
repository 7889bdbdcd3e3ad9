#include "series/fatal_ends.h"

#include "facts/lexer.h"
#include "series/alignment.h"
#include "series/signal_case.h"
#include "support/text.h"

#include <fmt/format.h>

#include <vector>

namespace killify {
namespace {

constexpr std::size_t kColumns = 100;

std::size_t columns_of(const std::string& line) {
  std::size_t columns = 0;
  for (const char c : line) columns = next_column(columns, c);
  return columns;
}

}  // namespace

std::string with_guarded_returns(const std::string& text, const std::set<int>& lines,
                                 const std::string& result) {
  auto changed = split_lines(text);
  const auto tokens = tokens_of(text);
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
    const int line = tokens[i].line;
    if (tokens[i].directive || tokens[i].text != "return" || tokens[i + 1].text != kNoPage ||
        !is_mark(tokens[i + 2], ';') || tokens[i + 2].line != line || !lines.contains(line))
      continue;
    auto& there = changed[static_cast<std::size_t>(line) - 1];
    const auto at = static_cast<std::size_t>(tokens[i + 1].text.data() - text.data());
    const auto start = text.rfind('\n', at);
    auto guarded = there;
    guarded.replace(start == std::string::npos ? at : at - start - 1, kNoPage.size(),
                    fmt::format("fatal_signal_pending(current) ? {} : {}", result, kNoPage));
    if (columns_of(guarded) <= kColumns) there = std::move(guarded);
  }
  return join(changed, "\n") + '\n';
}

}  // namespace killify
