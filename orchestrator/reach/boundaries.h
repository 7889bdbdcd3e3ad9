// Functions at which the traversal stops, as the series lists them.
#pragma once

#include "spec/series_spec.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace killify {

class Boundaries {
 public:
  explicit Boundaries(const std::vector<Boundary>& boundaries) : boundaries_(boundaries) {}

  // The entry that names the function, itself or by a glob; nullptr if there is none.
  [[nodiscard]] const Boundary* match(const std::string& function);

 private:
  const std::vector<Boundary>& boundaries_;
  std::unordered_map<std::string, const Boundary*> known_;
};

}  // namespace killify
