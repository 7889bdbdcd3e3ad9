#include "prove/stock_kernel.h"

#include "prove/kernel_log.h"
#include "support/files.h"
#include "support/process.h"
#include "support/temp_dir.h"
#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

namespace killify {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

// Names that always lead to the current kernel.
constexpr const char* kImagePackage = "linux-image-cloud-amd64";
constexpr const char* kHeaders = "linux-headers-cloud-amd64";
constexpr std::chrono::minutes kDownloadPatience{15};  // 40 MB on a slow line

// apt with package lists of killify's own, where those of the system are missing or old: nothing of
// the system is written, and no rights are needed.
class Apt {
 public:
  explicit Apt(const fs::path& directory) : directory_(directory) {}

  // What `apt-cache show` prints of the packages.
  [[nodiscard]] Result<std::string> show(const Words& packages) {
    auto shown = ask("apt-cache", with({"show", "--no-all-versions"}, packages));
    if (shown || shown.error().exit == Exit::kInterrupted || own_lists_) return shown;
    KILLIFY_CHECK(use_own_lists());
    return ask("apt-cache", with({"show", "--no-all-versions"}, packages));
  }

  [[nodiscard]] Status download(const Words& packages, const fs::path& to) {
    auto done = ask("apt-get", with({"download"}, packages), to);
    if (!done && done.error().exit != Exit::kInterrupted && !own_lists_) {
      KILLIFY_CHECK(use_own_lists());  // the system's may name versions that are gone
      done = ask("apt-get", with({"download"}, packages), to);
    }
    KILLIFY_CHECK(done);
    return {};
  }

 private:
  static Words with(Words first, const Words& more) {
    first.insert(first.end(), more.begin(), more.end());
    return first;
  }

  [[nodiscard]] Status use_own_lists() {
    std::error_code error;
    fs::create_directories(directory_ / "lists" / "partial", error);
    fs::create_directories(directory_ / "archives" / "partial", error);
    if (error) return fail("{}: cannot be made: {}", directory_.string(), error.message());
    own_lists_ = true;
    KILLIFY_CHECK(ask("apt-get", {"update"}));
    return {};
  }

  [[nodiscard]] Result<std::string> ask(const char* program, const Words& arguments,
                                        const fs::path& cwd = {}) const {
    Command command{.argv = {program, "-qq"}, .cwd = cwd, .deadline = kDownloadPatience};
    if (own_lists_)
      for (const auto& [name, value] :
           {std::pair("Dir::State::Lists", "lists"), std::pair("Dir::Cache", ".")})
        command.argv.insert(command.argv.end(),
                            {"-o", fmt::format("{}={}", name, (directory_ / value).string())});
    command.argv.insert(command.argv.end(), {"-o", "APT::Sandbox::User=root"});
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    command.env = {{"LC_ALL", "C.UTF-8"}};
    KILLIFY_TRY(const Completed done, run(command));
    if (!done.ok())
      return fail("{}: {}: {}; check the network and /etc/apt/sources.list",
                  shell_quoted({program, arguments.front(), arguments.back()}), done.how_it_ended(),
                  log_tail(done.err, 1));
    return done.out;
  }

  fs::path directory_;
  bool own_lists_ = false;
};

// The value of a field of the first stanza.
std::string field(std::string_view shown, std::string_view name) {
  for (const std::string& line : split_lines(shown))
    if (line.starts_with(name) && line.substr(name.size(), 2) == ": ")
      return line.substr(name.size() + 2);
  return {};
}

Result<std::string> only_one(const Words& packages, std::string_view what) {
  if (packages.size() == 1) return packages.front();
  return fail("{}: depends on {} packages with a kernel's {}, one was expected", kImagePackage,
              packages.size(), what);
}

// The files of an unpacked directory, or nothing where it is not whole.
std::optional<StockKernel> unpacked(const fs::path& root) {
  StockKernel kernel;
  fs::path headers;
  fs::path common;
  std::error_code error;
  for (fs::directory_iterator entry(root / "boot", error), end; !error && entry != end;
       entry.increment(error))
    if (entry->path().filename().string().starts_with("vmlinuz-")) kernel.image = entry->path();
  for (fs::directory_iterator entry(root / "usr" / "src", error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with("linux-headers-")) continue;
    (name.ends_with("-common") ? common : headers) = entry->path();
  }
  if (kernel.image.empty() || headers.empty() || common.empty()) return std::nullopt;
  // The makefile in `headers` includes one below the system's /usr/src. Reading that one directly,
  // from there, is the same: the kernel's makefile takes its own directory for the source.
  kernel.make = {"make", "-C", headers.string(), "-f", (common / "Makefile").string()};
  kernel.uapi = common / "include" / "uapi";
  // DIRECTORY is PACKAGE_VERSION.
  const std::string name = root.filename().string();
  const auto split = std::min(name.find('_'), name.size());
  kernel.package = name.substr(0, split);
  kernel.version = name.substr(std::min(split + 1, name.size()));
  return kernel;
}

// What an earlier run unpacked last.
std::optional<StockKernel> latest(const fs::path& directory) {
  std::optional<StockKernel> found;
  fs::file_time_type when{};
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    auto kernel = unpacked(entry->path());
    std::error_code unreadable;
    const auto written = fs::last_write_time(entry->path(), unreadable);
    if (!kernel || unreadable || (found && written < when)) continue;
    found = std::move(kernel);
    when = written;
  }
  return found;
}

Status unpack(const fs::path& archives, const fs::path& root) {
  std::error_code error;
  for (fs::directory_iterator entry(archives, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() != ".deb") continue;
    KILLIFY_TRY(const Completed done,
                run({.argv = {"dpkg-deb", "--extract", entry->path().string(), root.string()}}));
    if (!done.ok())
      return fail("{}: cannot be unpacked: {}", entry->path().string(), log_tail(done.err, 1));
  }
  if (error) return fail("{}: cannot be listed: {}", archives.string(), error.message());
  return {};
}

Result<StockKernel> fetch(Apt& apt, const fs::path& directory) {
  KILLIFY_TRY(const std::string metas, apt.show({kImagePackage, kHeaders}));
  KILLIFY_TRY(const std::string image, only_one(packages_needed(metas, "linux-image-"), "image"));
  KILLIFY_TRY(const std::string headers,
              only_one(packages_needed(metas, "linux-headers-"), "headers"));
  KILLIFY_TRY(const std::string shown, apt.show({image}));
  // In a file name "1:2.3" is not good everywhere.
  std::string version = field(shown, "Version");
  std::replace(version.begin(), version.end(), ':', '.');
  const fs::path root = directory / fmt::format("{}_{}", image, version);
  if (auto there = unpacked(root)) return std::move(*there);

  KILLIFY_TRY(const std::string more, apt.show({headers}));
  Words packages{image, headers};
  for (const char* prefix : {"linux-headers-", "linux-kbuild-"})
    for (std::string& name : packages_needed(more, prefix)) packages.push_back(std::move(name));
  KILLIFY_TRY(const TempDir scratch, TempDir::make(directory));
  const fs::path archives = scratch.path() / "archives";
  const fs::path made = scratch.path() / "root";
  std::error_code error;
  fs::create_directories(archives, error);
  fs::create_directories(made, error);
  if (error) return fail("{}: cannot be made: {}", archives.string(), error.message());
  KILLIFY_CHECK(apt.download(packages, archives));
  KILLIFY_CHECK(unpack(archives, made));
  fs::remove_all(root, error);
  fs::rename(made, root, error);
  if (error) return fail("{}: cannot be put in place: {}", root.string(), error.message());
  if (auto there = unpacked(root)) return std::move(*there);
  return fail("{}: the packages {} have no kernel with headers in them", root.string(),
              join(packages, ", "));
}

}  // namespace

std::vector<std::string> packages_needed(std::string_view shown, std::string_view prefix) {
  Words packages;
  for (const std::string& line : split_lines(shown)) {
    constexpr std::string_view kDepends = "Depends: ";
    if (!line.starts_with(kDepends)) continue;
    for (std::size_t at = kDepends.size(); at < line.size();) {
      const auto end = std::min(line.find(", ", at), line.size());
      const std::string one = line.substr(at, end - at);
      const std::string name = one.substr(0, one.find(' '));
      if (name.starts_with(prefix) && std::ranges::find(packages, name) == packages.end())
        packages.push_back(name);
      at = end + 2;
    }
  }
  return packages;
}

Result<StockKernel> stock_kernel(const fs::path& directory) {
  KILLIFY_TRY(const FileLock lock, FileLock::wait(directory / "lock"));
  remove_stale_temporaries(directory);
  for (const char* program : {"apt-cache", "apt-get", "dpkg-deb"})
    if (find_program(program).empty())
      return fail(
          "{} is not installed: --stock takes Debian's kernel from its packages; on another "
          "system use --series",
          program);
  Apt apt(directory / "apt");
  auto kernel = fetch(apt, directory);
  if (kernel || kernel.error().exit == Exit::kInterrupted) return kernel;
  if (auto there = latest(directory)) return std::move(*there);
  return kernel;
}

}  // namespace killify
