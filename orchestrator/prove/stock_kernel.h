// Debian's own kernel, from its packages, without installing them.
#pragma once

#include "support/error.h"

#include <filesystem>
#include <string>
#include <vector>

namespace killify {

struct StockKernel {
  std::string package;            // "linux-image-6.1.0-56-cloud-amd64"
  std::string version;            // of the package
  std::filesystem::path image;    // vmlinuz
  std::vector<std::string> make;  // with a kernel's headers, for modules outside of the tree
  std::filesystem::path uapi;     // include/uapi
};

// A cloud kernel (the smallest of Debian's, with all that the experiment needs) and its headers,
// unpacked below `directory`; downloaded when they are not there. `version`: its first numbers
// ("6.12"), looked for in all suites of Debian; "": the current one of this machine's suite. Where
// the package lists cannot be had, what an earlier run unpacked is used.
[[nodiscard]] Result<StockKernel> stock_kernel(const std::filesystem::path& directory,
                                               const std::string& version);

}  // namespace killify
