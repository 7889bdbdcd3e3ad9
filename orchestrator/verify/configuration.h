// Build configurations: an architecture, its compiler, and what the kernel is configured to.
#pragma once

#include "spec/series_spec.h"
#include "support/error.h"

#include <string>
#include <string_view>
#include <vector>

namespace killify {

struct Configuration {
  std::string name;     // "arm64-allmod"
  std::string arch;     // make's ARCH: "arm64"
  std::string cross;    // make's CROSS_COMPILE: "aarch64-linux-gnu-"; "" is the host's own compiler
  std::string package;  // Debian's package of the compiler: "gcc-aarch64-linux-gnu"
  std::string base;     // the make target that writes the first .config: "allmodconfig"
  std::string fragment;       // .config lines that win over the base
  bool llvm = false;          // built by make LLVM=1: clang and its companions
  std::string base_config{};  // a first .config of somebody's own, where `base` is empty
  // Symbols that get a "default y" beside what the tree's Kconfig files say: none of them may be
  // set by hand, or selected by anything.
  std::vector<std::string> forced{};
};

// The plain names that find_configuration() knows, in a fixed order.
[[nodiscard]] std::vector<std::string> configuration_names();

// ARCH[-clang]-BASE with any number of +SYMBOL (on), -SYMBOL (off) and ++SYMBOL (forced) behind:
// "x86_64-allmod", "arm64-clang-def", "arm-omap2plus_defconfig", "x86_64-allmod-DEBUG_LOCK_ALLOC",
// "x86_64-allmod++ARCH_SUPPORTS_RT+PREEMPT_RT". An unknown name is an error that suggests a near
// one.
[[nodiscard]] Result<Configuration> find_configuration(std::string_view name);

// One that a series file spells out.
[[nodiscard]] Result<Configuration> make_configuration(const ConfigurationSpec& spec);

struct Compiler {
  std::string program;  // "aarch64-linux-gnu-gcc"
  std::string version;  // the first line of --version
  bool through_ccache = false;
};

// The compiler of a configuration; the error says which package brings it.
[[nodiscard]] Result<Compiler> find_compiler(const Configuration& configuration);

// "" where it is not installed.
[[nodiscard]] Result<std::string> sparse_version();

}  // namespace killify
