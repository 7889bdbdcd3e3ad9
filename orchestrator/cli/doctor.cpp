#include "cli/doctor.h"

#include "cocci/spatch.h"
#include "support/files.h"
#include "support/process.h"
#include "support/temp_dir.h"
#include "support/text.h"
#include "verify/configuration.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <regex>
#include <set>

namespace killify {
namespace {

namespace fs = std::filesystem;
using State = ToolStatus::State;

// A program that does not answer in this time does not work.
constexpr std::chrono::seconds kProbePatience{20};
// The first spatch whose results this project's semantic patches are tested with.
constexpr std::array<int, 3> kSpatchNeeded{1, 1, 1};

fs::path find_in(const std::vector<fs::path>& directories, std::string_view name) {
  for (const fs::path& directory : directories) {
    fs::path path = directory / name;
    std::error_code error;
    if (fs::is_regular_file(path, error) && access(path.c_str(), X_OK) == 0) return path;
  }
  return {};
}

struct Program {
  std::string_view name;
  std::string_view purpose;
  bool required;
  std::string_view package;
  std::string_view version_option;
  std::string_view without;  // what its absence costs
};

constexpr std::array<Program, 9> kRequired{{
    {"spatch", "facts and conversions (Coccinelle)", true, "coccinelle", "--version", ""},
    {"git", "trees, branches, patches", true, "git", "--version", ""},
    {"make", "kernel builds", true, "make", "--version", ""},
    {"gcc", "kernel builds", true, "gcc", "--version", ""},
    {"perl", "checkpatch.pl, get_maintainer.pl", true, "perl", "-v", ""},
    {"python3", "scripts in semantic patches", true, "python3", "--version", ""},
    {"flex", "kernel configuration", true, "flex", "--version", ""},
    {"bison", "kernel configuration", true, "bison", "--version", ""},
    {"bc", "kernel builds", true, "bc", "--version", ""},
}};

constexpr std::array<Program, 4> kOptional{{
    {"ccache", "faster builds", false, "ccache", "--version", "verify compiles everything anew"},
    {"b4", "sending a series", false, "b4", "--version", "a series is sent with git send-email"},
    {"qemu-system-x86_64", "machines for prove", false, "qemu-system-x86", "--version",
     "prove cannot boot anything"},
    {"busybox", "the first program in prove's machines", false, "busybox-static", "--help",
     "prove cannot boot anything"},
}};

struct Header {
  std::string_view name;
  std::string_view purpose;
  std::string_view file;
  std::string_view package;
};

constexpr std::array<Header, 2> kHeaders{{
    {"libelf headers", "objtool in kernel builds", "gelf.h", "libelf-dev"},
    {"OpenSSL headers", "certificates in kernel builds", "openssl/ssl.h", "libssl-dev"},
}};

Result<Completed> ask(const fs::path& program, std::vector<std::string> arguments) {
  Command command;
  command.argv = {program.string()};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.cwd = fs::temp_directory_path();  // a tree's .cocciconfig would change spatch
  command.deadline = kProbePatience;
  return run(command);
}

// "1.1.1" out of "spatch version 1.1.1 compiled with OCaml version 4.13.1".
std::string version_in(std::string_view text) {
  static const std::regex kVersion(R"(\d+(\.\d+)+)");
  const std::string head(text.substr(0, 400));
  std::smatch match;
  return std::regex_search(head, match, kVersion) ? match.str() : std::string();
}

std::array<int, 3> numbers_of(const std::string& version) {
  std::array<int, 3> numbers{};
  std::size_t at = 0;
  for (int& number : numbers) {
    if (at >= version.size()) break;
    number = std::atoi(version.c_str() + at);
    at = std::min(version.find('.', at), version.size() - 1) + 1;
  }
  return numbers;
}

// Can this spatch run the Python scripts that the semantic patches hold? Asked with a rule that
// needs one.
Result<std::string> trouble_with_python(const fs::path& spatch) {
  auto directory = TempDir::make();
  if (!directory) return std::string("not tried: " + directory.error().message);
  const fs::path rule = directory->path() / "probe.cocci";
  const fs::path code = directory->path() / "probe.c";
  KILLIFY_CHECK(write_file_atomic(rule,
                                  "@r@\nidentifier f;\n@@\nf(...) { ... }\n\n"
                                  "@script:python@\nf << r.f;\n@@\nprint(\"python sees \" + f)\n"));
  KILLIFY_CHECK(write_file_atomic(code, "int probe(void)\n{\n\treturn 0;\n}\n"));
  auto arguments = python_options(spatch);
  arguments.insert(arguments.end(),
                   {"--very-quiet", "--no-includes", "--sp-file", rule.string(), code.string()});
  KILLIFY_TRY(const Completed made, ask(spatch, arguments));
  if (made.ok() && made.out.find("python sees probe") != std::string::npos) return std::string();
  return "its Python scripting does not work (" + made.how_it_ended() + ")";
}

Result<ToolStatus> examine_program(const DoctorScope& scope, const Program& program) {
  ToolStatus tool;
  tool.name = program.name;
  tool.purpose = program.purpose;
  tool.required = program.required;
  tool.package = program.package;
  tool.note = program.without;
  const fs::path path = find_in(scope.programs, program.name);
  if (path.empty()) return tool;
  tool.path = path.string();
  tool.note.clear();
  KILLIFY_TRY(const Completed answer, ask(path, {std::string(program.version_option)}));
  tool.version = version_in(answer.out + answer.err);
  tool.state = answer.ok() ? State::kFine : State::kUnfit;
  if (!answer.ok())
    tool.note =
        fmt::format("{} {}: {}", program.name, program.version_option, answer.how_it_ended());
  return tool;
}

Result<ToolStatus> examine_spatch(const DoctorScope& scope, const Program& program) {
  KILLIFY_TRY(ToolStatus tool, examine_program(scope, program));
  if (tool.state != State::kFine) return tool;
  if (numbers_of(tool.version) < kSpatchNeeded) {
    tool.state = State::kUnfit;
    tool.note = fmt::format("at least {} is needed", fmt::join(kSpatchNeeded, "."));
    return tool;
  }
  KILLIFY_TRY(tool.note, trouble_with_python(tool.path));
  if (!tool.note.empty()) {
    tool.state = State::kUnfit;
    tool.package = "libpython3.11";  // coccinelle loads it, and does not depend on it
  }
  return tool;
}

ToolStatus examine_header(const DoctorScope& scope, const Header& header) {
  ToolStatus tool;
  tool.name = header.name;
  tool.purpose = header.purpose;
  tool.package = header.package;
  for (const fs::path& root : scope.includes) {
    std::error_code error;
    if (!fs::is_regular_file(root / header.file, error)) continue;
    tool.path = (root / header.file).string();
    tool.state = State::kFine;
    break;
  }
  return tool;
}

// One entry per cross compiler, with the configurations that it makes verifiable.
Result<std::vector<ToolStatus>> examine_cross_compilers(const DoctorScope& scope) {
  std::vector<ToolStatus> tools;
  std::set<std::string> seen;
  for (const std::string& name : configuration_names()) {
    KILLIFY_TRY(const Configuration configuration, find_configuration(name));
    if (configuration.cross.empty() || !seen.insert(configuration.cross).second) continue;
    const std::string compiler = configuration.cross + "gcc";
    const std::string purpose = "verify on " + configuration.arch;
    const std::string without = "no " + configuration.arch + " configuration can be judged";
    KILLIFY_TRY(ToolStatus tool,
                examine_program(scope, {compiler, purpose, false, configuration.package,
                                        "--version", without}));
    tools.push_back(std::move(tool));
  }
  return tools;
}

std::set<std::string> packages_to_install(const std::vector<ToolStatus>& tools, bool required) {
  std::set<std::string> packages;
  for (const ToolStatus& tool : tools)
    if (tool.state != State::kFine && tool.required == required) packages.insert(tool.package);
  return packages;
}

std::string_view state_name(State state) {
  switch (state) {
    case State::kFine:
      return "fine";
    case State::kMissing:
      return "missing";
    case State::kUnfit:
      break;
  }
  return "unfit";
}

std::string padded(std::string_view text, std::size_t width) {
  return fmt::format("{:<{}}", text, width);
}

std::string mark_of(const ToolStatus& tool, const Paint& paint) {
  const std::string word = padded(state_name(tool.state), 8);
  if (tool.state == State::kFine) return paint.green(word);
  return tool.required ? paint.red(word) : paint.yellow(word);
}

}  // namespace

DoctorScope DoctorScope::of_system() {
  DoctorScope scope;
  const char* path = std::getenv("PATH");
  std::string rest = path == nullptr ? "/usr/bin:/bin" : path;
  for (std::size_t at = 0; at <= rest.size();) {
    const std::size_t colon = std::min(rest.find(':', at), rest.size());
    if (colon > at) scope.programs.emplace_back(rest.substr(at, colon - at));
    at = colon + 1;
  }
  scope.includes = {"/usr/include", "/usr/local/include"};
  std::error_code error;
  std::set<fs::path> by_architecture;  // Debian: /usr/include/x86_64-linux-gnu
  for (const auto& entry : fs::directory_iterator("/usr/include", error))
    if (entry.path().filename().string().ends_with("-linux-gnu")) by_architecture.insert(entry);
  scope.includes.insert(scope.includes.end(), by_architecture.begin(), by_architecture.end());
  return scope;
}

Result<std::vector<ToolStatus>> examine_tools(const DoctorScope& scope) {
  std::vector<ToolStatus> tools;
  for (const Program& program : kRequired) {
    KILLIFY_TRY(ToolStatus tool, program.name == "spatch" ? examine_spatch(scope, program)
                                                          : examine_program(scope, program));
    tools.push_back(std::move(tool));
  }
  for (const Header& header : kHeaders) tools.push_back(examine_header(scope, header));
  for (const Program& program : kOptional) {
    KILLIFY_TRY(ToolStatus tool, examine_program(scope, program));
    tools.push_back(std::move(tool));
  }
  KILLIFY_TRY(auto compilers, examine_cross_compilers(scope));
  for (ToolStatus& tool : compilers) tools.push_back(std::move(tool));
  return tools;
}

Exit doctor_exit(const std::vector<ToolStatus>& tools) {
  return packages_to_install(tools, true).empty() ? Exit::kOk : Exit::kFailed;
}

std::string doctor_text(const std::vector<ToolStatus>& tools, const Paint& paint) {
  std::size_t names = 0;
  std::size_t versions = 0;
  for (const ToolStatus& tool : tools) {
    names = std::max(names, tool.name.size());
    versions = std::max(versions, tool.version.size());
  }
  std::string text;
  for (const ToolStatus& tool : tools) {
    std::string line = fmt::format("{}  {}  {}  {}", mark_of(tool, paint), padded(tool.name, names),
                                   padded(tool.version, versions), tool.purpose);
    if (!tool.required) line += paint.dim(" (optional)");
    if (!tool.note.empty()) line += ": " + tool.note;
    text += line + '\n';
  }
  const auto required = packages_to_install(tools, true);
  const auto optional = packages_to_install(tools, false);
  if (!required.empty())
    text += fmt::format("\nRequired:  {}\n",
                        paint.bold(fmt::format("apt-get install {}", fmt::join(required, " "))));
  if (!optional.empty())
    text += fmt::format("{}Optional:  apt-get install {}\n", required.empty() ? "\n" : "",
                        fmt::join(optional, " "));
  if (required.empty()) text += "\nEverything that killify needs is there.\n";
  return text;
}

std::string doctor_json(const std::vector<ToolStatus>& tools) {
  using nlohmann::ordered_json;
  ordered_json list = ordered_json::array();
  for (const ToolStatus& tool : tools)
    list.push_back({{"name", tool.name},
                    {"required", tool.required},
                    {"state", state_name(tool.state)},
                    {"version", tool.version},
                    {"path", tool.path},
                    {"purpose", tool.purpose},
                    {"note", tool.note},
                    {"package", tool.package}});
  const ordered_json json{{"schema", "killify.doctor/1"},
                          {"tools", std::move(list)},
                          {"install", packages_to_install(tools, true)}};
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace killify
