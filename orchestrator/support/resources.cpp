#include "support/resources.h"

#include <cstdlib>
#include <fstream>
#include <limits>
#include <string>
#include <system_error>

namespace killify {
namespace fs = std::filesystem;
namespace {

// "" when the variable is not set.
std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

bool holds_data(const fs::path& directory) {
  std::error_code ignored;
  return fs::is_directory(directory / "series", ignored) &&
         fs::is_directory(directory / "semantic-patches", ignored);
}

}  // namespace

std::string_view version() {
  return KILLIFY_VERSION;
}

Result<fs::path> data_dir() {
  if (const std::string named = environment("KILLIFY_DATA"); !named.empty()) {
    if (holds_data(named)) return fs::absolute(named);
    return fail("{}: no semantic-patches/ and series/ in there; correct or unset KILLIFY_DATA",
                named);
  }
  std::error_code unreadable;
  const fs::path program = fs::read_symlink("/proc/self/exe", unreadable);
  const fs::path beside = program.parent_path().parent_path() / "share" / "killify";
  if (!unreadable && holds_data(beside)) return beside;
  // The source tree before the configured prefix: a build tree must not read what another version
  // installed.
  for (const fs::path candidate : {KILLIFY_SOURCE_DIR, KILLIFY_INSTALL_DATADIR})
    if (holds_data(candidate)) return candidate;
  return fail(
      "{}: killify's semantic patches and series are not there; install killify whole, or set "
      "KILLIFY_DATA to the directory that holds them",
      beside.string());
}

std::size_t available_mebibytes() {
  std::ifstream file("/proc/meminfo");
  std::size_t kibibytes = 0;
  for (std::string word; file >> word;)
    if (word == "MemAvailable:" && file >> kibibytes) return kibibytes / 1024;
  return std::numeric_limits<std::size_t>::max();
}

fs::path default_cache_dir() {
  if (const std::string named = environment("KILLIFY_CACHE"); !named.empty()) return named;
  if (const std::string xdg = environment("XDG_CACHE_HOME"); !xdg.empty())
    return fs::path(xdg) / "killify";
  return fs::path(environment("HOME")) / ".cache" / "killify";
}

}  // namespace killify
