#include "plan/grouping.h"

#include "spec/driver.h"

namespace killify {

Grouper group_by(Grouping grouping, const std::vector<SubjectPrefix>& prefixes) {
  if (grouping == Grouping::kFile)
    return [](const std::string& file) -> Result<std::string> { return file; };
  return [prefixes](const std::string& file) -> Result<std::string> {
    return driver_of(file, prefixes);
  };
}

}  // namespace killify
