#include "series/step_work.h"

namespace killify {

std::vector<std::string> define_list(const std::map<std::string, std::string>& defines) {
  std::vector<std::string> list;
  list.reserve(defines.size());
  for (const auto& [name, value] : defines)
    list.push_back(value.empty() ? name : fmt::format("{}={}", name, value));
  return list;
}

}  // namespace killify
