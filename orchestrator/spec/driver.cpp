#include "spec/driver.h"

#include <algorithm>

namespace killify {

std::string driver_of(const std::string& file, const std::vector<SubjectPrefix>& prefixes) {
  const SubjectPrefix* best = nullptr;
  for (const auto& prefix : prefixes)
    if (file.starts_with(prefix.directory + "/") &&
        (best == nullptr || prefix.directory.size() > best->directory.size()))
      best = &prefix;
  if (best == nullptr) return file.substr(0, std::min(file.size(), file.rfind('/')));
  if (best->prefix.find("{}") == std::string::npos) return best->directory;
  return file.substr(0, file.find('/', best->directory.size() + 1));
}

}  // namespace killify
