#include "verify/configuration.h"

#include "support/process.h"
#include "support/text.h"

#include <sys/utsname.h>

#include <algorithm>
#include <array>

namespace killify {
namespace {

// What makes a build slow without changing what the compiler says about a source: debug
// information, sanitizers, coverage, plugins. Warnings are no errors: those that are new are
// complained about, and those that were there do not hide what comes behind them.
constexpr std::string_view kQuickFragment =
    "CONFIG_COMPILE_TEST=y\n"
    "# CONFIG_WERROR is not set\n"
    "CONFIG_DEBUG_INFO_NONE=y\n"
    "# CONFIG_DEBUG_INFO is not set\n"
    "# CONFIG_DEBUG_INFO_BTF is not set\n"
    "# CONFIG_KASAN is not set\n"
    "# CONFIG_KCSAN is not set\n"
    "# CONFIG_KMSAN is not set\n"
    "# CONFIG_UBSAN is not set\n"
    "# CONFIG_KCOV is not set\n"
    "# CONFIG_GCOV_KERNEL is not set\n"
    "# CONFIG_GCC_PLUGINS is not set\n"
    "CONFIG_RANDSTRUCT_NONE=y\n"
    "# CONFIG_LOCALVERSION_AUTO is not set\n";

struct Row {
  std::string_view name;
  std::string_view arch;
  std::string_view machine;  // uname -m of a host that needs no cross compiler
  std::string_view cross;
  std::string_view package;
  std::string_view base;
};

constexpr std::array<Row, 7> kRows{{
    {"x86_64-allmod", "x86_64", "x86_64", "x86_64-linux-gnu-", "gcc-x86-64-linux-gnu",
     "allmodconfig"},
    {"arm64-allmod", "arm64", "aarch64", "aarch64-linux-gnu-", "gcc-aarch64-linux-gnu",
     "allmodconfig"},
    {"arm-allmod", "arm", "armv7l", "arm-linux-gnueabihf-", "gcc-arm-linux-gnueabihf",
     "allmodconfig"},
    {"powerpc-allmod", "powerpc", "ppc64", "powerpc64-linux-gnu-", "gcc-powerpc64-linux-gnu",
     "allmodconfig"},
    // allmodconfig leaves the Cell's SPUs out.
    {"powerpc-cell", "powerpc", "ppc64", "powerpc64-linux-gnu-", "gcc-powerpc64-linux-gnu",
     "cell_defconfig"},
    {"riscv-allmod", "riscv", "riscv64", "riscv64-linux-gnu-", "gcc-riscv64-linux-gnu",
     "allmodconfig"},
    {"s390-allmod", "s390", "s390x", "s390x-linux-gnu-", "gcc-s390x-linux-gnu", "allmodconfig"},
}};

std::string host_machine() {
  utsname names{};
  return uname(&names) == 0 ? std::string(names.machine) : std::string();
}

}  // namespace

std::vector<std::string> configuration_names() {
  std::vector<std::string> names;
  names.reserve(kRows.size());
  for (const Row& row : kRows) names.emplace_back(row.name);
  return names;
}

Result<Configuration> find_configuration(std::string_view name) {
  const auto* row = std::find_if(kRows.begin(), kRows.end(),
                                 [&](const Row& candidate) { return candidate.name == name; });
  if (row == kRows.end()) {
    const auto names = configuration_names();
    return fail("unknown configuration '{}'{}; known are {}", name, did_you_mean(name, names),
                list_in_words(names));
  }
  const bool native = row->machine == host_machine();
  return Configuration{std::string(row->name),
                       std::string(row->arch),
                       native ? std::string() : std::string(row->cross),
                       native ? std::string("gcc") : std::string(row->package),
                       std::string(row->base),
                       std::string(kQuickFragment)};
}

Result<Compiler> find_compiler(const Configuration& configuration) {
  Compiler compiler;
  compiler.program = configuration.cross + "gcc";
  if (find_program(compiler.program).empty())
    return fail("{} is not installed; apt-get install {}", compiler.program, configuration.package);
  Command command;
  command.argv = {compiler.program, "--version"};
  command.env = {{"LC_ALL", "C"}};
  KILLIFY_TRY(const Completed asked, run(command));
  if (!asked.ok()) return fail("{} --version: {}", compiler.program, asked.how_it_ended());
  const auto lines = split_lines(asked.out);
  if (!lines.empty()) compiler.version = lines.front();
  compiler.through_ccache = !find_program("ccache").empty();
  return compiler;
}

}  // namespace killify
