// kernel-fixtures/runtime: the modules and the program of the experiment, built for a kernel.
#pragma once

#include "support/error.h"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

// Runs make with a kernel's own makefiles; the arguments are "M=DIR" and "modules".
using MakeModules = std::function<Status(const std::vector<std::string>& arguments)>;

class Fixture {
 public:
  // The error says what is missing: the sources, or a static busybox.
  [[nodiscard]] static Result<Fixture> open();

  // Names what is built: another text wherever the sources or busybox differ.
  [[nodiscard]] const std::string& digest() const { return digest_; }
  [[nodiscard]] std::filesystem::path file(std::string_view name) const {
    return directory_ / name;
  }

  // Writes the initial RAM file system of a guest: busybox, init, the program and the modules that
  // `make` makes. `uapi` holds the kernel's headers for programs (include/uapi).
  [[nodiscard]] Status build(const MakeModules& make, const std::filesystem::path& uapi,
                             const std::filesystem::path& initramfs) const;

 private:
  std::filesystem::path directory_;
  std::string busybox_;
  std::string digest_;
};

}  // namespace killify
