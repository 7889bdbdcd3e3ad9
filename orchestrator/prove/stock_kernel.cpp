#include "prove/stock_kernel.h"

#include "support/files.h"
#include "support/resources.h"
#include "support/script.h"
#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

namespace killify {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCompiler = "lenient-cc";
constexpr std::string_view kScratch = "debian-archive.";  // what a killed script leaves
constexpr std::chrono::minutes kDownloadPatience{30};     // 60 MB and package lists on a slow line

// The files of an unpacked directory, or nothing where it is not whole.
std::optional<StockKernel> unpacked(const fs::path& root, const fs::path& data) {
  StockKernel kernel;
  fs::path headers;
  fs::path common;
  std::error_code error;
  for (fs::directory_iterator entry(root / "boot", error), end; !error && entry != end;
       entry.increment(error))
    if (entry->path().filename().string().starts_with("vmlinuz-")) kernel.image = entry->path();
  // Newer packages keep it beside the modules.
  for (fs::directory_iterator entry(root / "usr" / "lib" / "modules", error), end;
       !error && entry != end; entry.increment(error))
    if (fs::exists(entry->path() / "vmlinuz", error)) kernel.image = entry->path() / "vmlinuz";
  for (fs::directory_iterator entry(root / "usr" / "src", error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with("linux-headers-")) continue;
    (name.ends_with("-common") ? common : headers) = entry->path();
  }
  if (kernel.image.empty() || headers.empty() || common.empty()) return std::nullopt;
  // The makefile in `headers` includes one below the system's /usr/src; so it is not asked. The
  // modules need no types for BPF, and pahole, which writes them, may be missing or too old.
  kernel.make = {"make",
                 "-C",
                 common.string(),
                 "O=" + headers.string(),
                 "CC=" + (data / "scripts" / kCompiler).string(),
                 "CROSS_COMPILE=",
                 "CONFIG_DEBUG_INFO_BTF_MODULES="};
  kernel.uapi = common / "include" / "uapi";
  // DIRECTORY is PACKAGE_VERSION.
  const std::string name = root.filename().string();
  const auto split = std::min(name.find('_'), name.size());
  kernel.package = name.substr(0, split);
  kernel.version = name.substr(std::min(split + 1, name.size()));
  return kernel;
}

// What an earlier run unpacked last; of that version, where one is given.
std::optional<StockKernel> latest(const fs::path& directory, const std::string& version,
                                  const fs::path& data) {
  const std::string name = "linux-image-" + version;
  std::optional<StockKernel> found;
  fs::file_time_type when{};
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string one = entry->path().filename().string();
    // Not 6.12 for 6.1.
    if (!one.starts_with(name) || (!version.empty() && is_digit(one[name.size()]))) continue;
    auto kernel = unpacked(entry->path(), data);
    std::error_code unreadable;
    const auto written = fs::last_write_time(entry->path(), unreadable);
    if (!kernel || unreadable || (found && written < when)) continue;
    found = std::move(kernel);
    when = written;
  }
  return found;
}

Result<StockKernel> fetch(const fs::path& directory, const std::string& version,
                          const fs::path& data) {
  std::vector<std::string> arguments;
  if (!version.empty()) arguments = {"--version", version};
  arguments.push_back(directory.string());
  KILLIFY_TRY(const std::string found,
              run_script("debian-stock-kernel", arguments, kDownloadPatience, "--stock"));
  const fs::path root = directory / found;
  if (auto there = unpacked(root, data)) return std::move(*there);
  return fail("{}: the packages have no kernel with headers in them", root.string());
}

}  // namespace

Result<StockKernel> stock_kernel(const fs::path& directory, const std::string& version) {
  KILLIFY_TRY(const FileLock lock, FileLock::wait(directory / "lock"));
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code busy;
    if (entry->path().filename().string().starts_with(kScratch)) fs::remove_all(*entry, busy);
  }
  KILLIFY_TRY(const fs::path data, data_dir());
  auto kernel = fetch(directory, version, data);
  if (kernel || kernel.error().exit == Exit::kInterrupted) return kernel;
  if (auto there = latest(directory, version, data)) return std::move(*there);
  return kernel;
}

}  // namespace killify
