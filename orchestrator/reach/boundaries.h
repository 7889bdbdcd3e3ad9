// Functions at which the traversal stops, as the series lists them.
#pragma once

#include "spec/series_spec.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace killify {

class Boundaries {
 public:
  // Beside those of the series, what only a fatal signal ends: the killable counterparts of the
  // primitives that always sleep interruptibly. Older trees make them of these
  // (fatal_signal_pending() of signal_pending()).
  explicit Boundaries(const SeriesSpec& spec);

  // The entry that names the function, itself or by a glob; nullptr if there is none.
  [[nodiscard]] const Boundary* match(const std::string& function);

 private:
  std::vector<Boundary> boundaries_;
  std::unordered_map<std::string, const Boundary*> known_;
};

}  // namespace killify
