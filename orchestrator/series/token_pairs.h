// Which tokens of a text are still there after a change.
#pragma once

#include "facts/lexer.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace killify {

// For each token of `after` its index in `before`; nothing for a new one. A word in the place of
// another one is the same token with another name. Nothing is paired where the two have too little
// in common.
[[nodiscard]] std::vector<std::optional<std::size_t>> token_pairs(const std::vector<Token>& before,
                                                                  const std::vector<Token>& after);

}  // namespace killify
