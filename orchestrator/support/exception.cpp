#include "support/exception.h"

#include <filesystem>
#include <new>

namespace killify {

Error error_of(const std::exception& exception) {
  if (dynamic_cast<const std::bad_alloc*>(&exception) != nullptr)
    return {"out of memory; try fewer jobs (-j) or fewer paths", Exit::kUnjudged};
  if (const auto* files = dynamic_cast<const std::filesystem::filesystem_error*>(&exception)) {
    const auto& path = files->path1();
    return {fmt::format("{}{}{}", path.string(), path.empty() ? "" : ": ", files->code().message()),
            Exit::kUsage};
  }
  return {fmt::format("unexpected: {}", exception.what()), Exit::kUnjudged};
}

}  // namespace killify
