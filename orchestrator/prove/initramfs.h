// The files that a guest starts with.
#pragma once

#include "support/error.h"

#include <filesystem>
#include <string>
#include <vector>

namespace killify {

struct GuestFile {
  std::string path;  // in the guest, without the leading '/'
  std::string content;
  bool executable = false;
};

// Writes them as an initial RAM file system (an uncompressed cpio archive); their directories, and
// the empty ones given, come with it.
[[nodiscard]] Status write_initramfs(const std::filesystem::path& file,
                                     const std::vector<std::string>& directories,
                                     const std::vector<GuestFile>& files);

}  // namespace killify
