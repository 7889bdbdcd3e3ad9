#include "verify/configuration.h"

#include "support/files.h"
#include "support/process.h"
#include "support/text.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <regex>
#include <utility>

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

struct Arch {
  std::string_view name;
  std::string_view arch;
  std::string_view machine;  // uname -m of a host that needs no cross compiler
  std::string_view cross;
  std::string_view package;
  std::string_view fragment;
};

// With indirect branch tracking objtool looks at whole modules, which are not linked here; without
// it at each object.
constexpr std::string_view kObjtool = "# CONFIG_X86_KERNEL_IBT is not set\n";

constexpr std::array<Arch, 7> kArchs{{
    {"x86_64", "x86_64", "x86_64", "x86_64-linux-gnu-", "gcc-x86-64-linux-gnu", kObjtool},
    {"arm64", "arm64", "aarch64", "aarch64-linux-gnu-", "gcc-aarch64-linux-gnu", ""},
    {"arm", "arm", "armv7l", "arm-linux-gnueabihf-", "gcc-arm-linux-gnueabihf", ""},
    {"powerpc", "powerpc", "ppc64", "powerpc64-linux-gnu-", "gcc-powerpc64-linux-gnu",
     "CONFIG_PPC64=y\nCONFIG_CPU_BIG_ENDIAN=y\n"},
    {"powerpcle", "powerpc", "ppc64le", "powerpc64le-linux-gnu-", "gcc-powerpc64le-linux-gnu",
     "CONFIG_PPC64=y\nCONFIG_CPU_LITTLE_ENDIAN=y\n"},
    {"riscv", "riscv", "riscv64", "riscv64-linux-gnu-", "gcc-riscv64-linux-gnu", ""},
    {"s390", "s390", "s390x", "s390x-linux-gnu-", "gcc-s390x-linux-gnu", ""},
}};

// How a name writes what make calls allmodconfig and so on.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kBases{{
    {"allmod", "allmodconfig"},
    {"allyes", "allyesconfig"},
    {"allno", "allnoconfig"},
    {"def", "defconfig"},
    {"cell", "cell_defconfig"},
}};

std::string host_machine() {
  utsname names{};
  return uname(&names) == 0 ? std::string(names.machine) : std::string();
}

// Takes "+SYMBOL", "-SYMBOL" and "++SYMBOL" off the end of a name, into the configuration.
void take_symbols(std::string& name, Configuration& configuration) {
  static const std::regex kSymbol(R"((\+\+|[+-])([A-Z0-9_]\w*)$)");
  std::string fragment;
  for (std::smatch match; std::regex_search(name, match, kSymbol);) {
    const std::string symbol = match[2];
    if (match[1] == "++")
      configuration.forced.insert(configuration.forced.begin(), symbol);
    else
      fragment.insert(0, match[1] == "+" ? "CONFIG_" + symbol + "=y\n"
                                         : "# CONFIG_" + symbol + " is not set\n");
    name = match.prefix();
  }
  configuration.fragment += fragment;
}

// The first line of what it says.
Result<std::string> version_of(const std::string& program) {
  Command command;
  command.argv = {program, "--version"};
  KILLIFY_TRY(const Completed asked, run(command));
  if (!asked.ok()) return fail("{} --version: {}", program, asked.how_it_ended());
  const auto lines = split_lines(asked.out);
  return lines.empty() ? std::string() : lines.front();
}

}  // namespace

std::vector<std::string> configuration_names() {
  std::vector<std::string> names;
  for (const Arch& arch : kArchs)
    for (const auto& [base, target] : kBases)
      if (base != "cell" || arch.name == "powerpc")
        names.push_back(fmt::format("{}-{}", arch.name, base));
  return names;
}

Result<Configuration> make_configuration(const ConfigurationSpec& spec) {
  const auto* arch = std::ranges::find(kArchs, std::string_view(spec.arch), &Arch::name);
  if (arch == kArchs.end()) {
    std::vector<std::string> names;
    names.reserve(kArchs.size());
    for (const Arch& known : kArchs) names.emplace_back(known.name);
    return fail("unknown architecture '{}'{}; known are {}", spec.arch,
                did_you_mean(spec.arch, names), list_in_words(names));
  }
  Configuration configuration;
  configuration.name = spec.name;
  configuration.arch = arch->arch;
  configuration.llvm = spec.clang;
  const bool native = arch->machine == host_machine();
  configuration.cross = native || spec.clang ? "" : arch->cross;
  configuration.package = spec.clang ? "clang lld llvm"
                          : native   ? "gcc"
                                     : std::string(arch->package);
  configuration.fragment = std::string(kQuickFragment) + std::string(arch->fragment);
  if (spec.base.find('/') != std::string::npos) {
    KILLIFY_TRY(configuration.base_config, read_file(spec.base));
  } else {
    configuration.base = spec.base;
  }
  for (const auto& file : spec.fragments) {
    KILLIFY_TRY(const std::string text, read_file(file));
    configuration.fragment += text + '\n';
  }
  return configuration;
}

Result<Configuration> find_configuration(std::string_view name) {
  std::string rest(name);
  Configuration symbols;
  take_symbols(rest, symbols);
  ConfigurationSpec spec;
  spec.name = name;
  const auto dash = rest.find('-');
  spec.arch = rest.substr(0, dash);
  rest.erase(0, dash == rest.npos ? rest.size() : dash + 1);
  if (rest.starts_with("clang-")) {
    spec.clang = true;
    rest.erase(0, 6);
  }
  const auto* base =
      std::ranges::find(kBases, std::string_view(rest), [](const auto& row) { return row.first; });
  if (base != kBases.end())
    spec.base = base->second;
  else if (rest.ends_with("_defconfig"))
    spec.base = rest;
  const bool known =
      std::ranges::find(kArchs, std::string_view(spec.arch), &Arch::name) != kArchs.end();
  if (!known || spec.base.empty()) {
    const auto names = configuration_names();
    return fail(
        "unknown configuration '{}'{}; known are {}, with -clang- after the architecture, "
        "and +SYMBOL, -SYMBOL or ++SYMBOL behind",
        name, did_you_mean(name, names), list_in_words(names));
  }
  KILLIFY_TRY(Configuration configuration, make_configuration(spec));
  configuration.fragment += symbols.fragment;
  configuration.forced = std::move(symbols.forced);
  return configuration;
}

Result<Compiler> find_compiler(const Configuration& configuration) {
  Compiler compiler;
  compiler.program = configuration.llvm ? "clang" : configuration.cross + "gcc";
  // LLVM=1 takes all of its tools from there.
  for (const char* tool : {"ld.lld", "llvm-ar", "llvm-objcopy"})
    if (configuration.llvm && find_program(tool).empty())
      return fail("{} is not installed; apt-get install {}", tool, configuration.package);
  if (find_program(compiler.program).empty())
    return fail("{} is not installed; apt-get install {}", compiler.program, configuration.package);
  KILLIFY_TRY(compiler.version, version_of(compiler.program));
  compiler.through_ccache = !find_program("ccache").empty();
  return compiler;
}

Result<std::string> sparse_version() {
  if (find_program("sparse").empty()) return std::string();
  return version_of("sparse");
}

}  // namespace killify
