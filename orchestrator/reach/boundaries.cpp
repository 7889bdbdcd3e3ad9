#include "reach/boundaries.h"

#include <fnmatch.h>

#include <algorithm>

namespace killify {

Boundaries::Boundaries(const SeriesSpec& spec) : boundaries_(spec.boundaries) {
  for (const auto& name : spec.catalogue.killable)
    boundaries_.push_back({name, "Only a fatal signal ends it."});
}

const Boundary* Boundaries::match(const std::string& function) {
  auto [it, added] = known_.try_emplace(function, nullptr);
  if (!added) return it->second;
  auto found = std::find_if(boundaries_.begin(), boundaries_.end(), [&](const Boundary& boundary) {
    return ::fnmatch(boundary.name.c_str(), function.c_str(), 0) == 0;
  });
  if (found != boundaries_.end()) it->second = &*found;
  return it->second;
}

}  // namespace killify
