#include "series/token_pairs.h"

#include <algorithm>

// The shortest way from one text to the other: E. Myers, An O(ND) Difference Algorithm and Its
// Variations (1986). What a rule changes is short, however long the text is.

namespace killify {
namespace {

using Pairs = std::vector<std::optional<std::size_t>>;
using Index = std::ptrdiff_t;

// The frontiers of so many steps are a few megabytes.
constexpr Index kMostEdits = 1500;

class Way {
 public:
  Way(const std::vector<Token>& before, const std::vector<Token>& after)
      : before_(before), after_(after), pairs_(after.size()) {}

  Pairs find() {
    const auto shorter = std::min(before_.size(), after_.size());
    std::size_t head = 0;
    while (head < shorter && before_[head].text == after_[head].text) {
      pairs_[head] = head;
      ++head;
    }
    std::size_t tail = 0;
    while (tail < shorter - head &&
           before_[before_.size() - 1 - tail].text == after_[after_.size() - 1 - tail].text) {
      pairs_[after_.size() - 1 - tail] = before_.size() - 1 - tail;
      ++tail;
    }
    head_ = static_cast<Index>(head);
    rows_ = static_cast<Index>(before_.size() - head - tail);
    columns_ = static_cast<Index>(after_.size() - head - tail);
    if (go()) back();
    pair_renamed();
    return std::move(pairs_);
  }

 private:
  [[nodiscard]] bool same(Index row, Index column) const {
    return before_[static_cast<std::size_t>(head_ + row)].text ==
           after_[static_cast<std::size_t>(head_ + column)].text;
  }

  // The furthest row on each diagonal (column - row) after `edits` steps.
  [[nodiscard]] Index furthest(Index edits, Index diagonal) const {
    return frontiers_[static_cast<std::size_t>(edits)][static_cast<std::size_t>(diagonal + edits)];
  }

  // Whether a step to the diagonal comes from the one above it: a token more in `after`.
  [[nodiscard]] bool inserts(Index edits, Index diagonal) const {
    if (diagonal == -edits) return false;
    if (diagonal == edits) return true;
    return furthest(edits - 1, diagonal - 1) >= furthest(edits - 1, diagonal + 1) + 1;
  }

  [[nodiscard]] Index start(Index edits, Index diagonal) const {
    if (edits == 0) return 0;
    return inserts(edits, diagonal) ? furthest(edits - 1, diagonal - 1)
                                    : furthest(edits - 1, diagonal + 1) + 1;
  }

  bool go() {
    for (Index edits = 0; edits <= kMostEdits; ++edits) {
      std::vector<Index> frontier(static_cast<std::size_t>(2 * edits + 1));
      for (Index diagonal = -edits; diagonal <= edits; diagonal += 2) {
        auto row = start(edits, diagonal);
        while (row < rows_ && row + diagonal < columns_ && row + diagonal >= 0 &&
               same(row, row + diagonal))
          ++row;
        frontier[static_cast<std::size_t>(diagonal + edits)] = row;
        if (row >= rows_ && row + diagonal >= columns_ && diagonal == columns_ - rows_) {
          frontiers_.push_back(std::move(frontier));
          return true;
        }
      }
      frontiers_.push_back(std::move(frontier));
    }
    return false;
  }

  void back() {
    auto diagonal = columns_ - rows_;
    for (auto edits = static_cast<Index>(frontiers_.size()) - 1; edits >= 0; --edits) {
      const auto from = start(edits, diagonal);
      for (auto row = furthest(edits, diagonal); row > from; --row)
        pairs_[static_cast<std::size_t>(head_ + row - 1 + diagonal)] =
            static_cast<std::size_t>(head_ + row - 1);
      if (edits > 0) diagonal += inserts(edits, diagonal) ? -1 : 1;
    }
  }

  // One new word between two old tokens that had one other word between them.
  void pair_renamed() {
    for (std::size_t at = 0; at < pairs_.size(); ++at) {
      if (pairs_[at] || !is_word(after_[at])) continue;
      const auto left = at == 0 ? std::optional<std::size_t>() : pairs_[at - 1];
      const auto right = at + 1 == pairs_.size() ? before_.size() : pairs_[at + 1].value_or(0);
      const auto old = at == 0 ? 0 : left ? *left + 1 : before_.size();
      if (old < before_.size() && right == old + 1 && is_word(before_[old])) pairs_[at] = old;
    }
  }

  const std::vector<Token>& before_;
  const std::vector<Token>& after_;
  Pairs pairs_;
  Index head_ = 0;
  Index rows_ = 0;     // of `before`, between what is common at both ends
  Index columns_ = 0;  // of `after`
  std::vector<std::vector<Index>> frontiers_;
};

}  // namespace

std::vector<std::optional<std::size_t>> token_pairs(const std::vector<Token>& before,
                                                    const std::vector<Token>& after) {
  return Way(before, after).find();
}

}  // namespace killify
