#include "cli/commands.h"
#include "cli/output.h"
#include "support/files.h"
#include "support/process.h"
#include "support/script.h"
#include "support/temp_dir.h"
#include "support/text.h"
#include "tree/import.h"

#include <optional>

namespace killify {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDebian = "debian:";
constexpr std::chrono::minutes kDownloadPatience{30};  // 160 MB on a slow line

// The tarball of Debian's linux-source-VERSION, in `directory`.
Result<fs::path> debian_source(const std::string& version, const fs::path& directory,
                               Progress& progress) {
  if (find_program("apt-get").empty())
    return fail(
        "{}{}: apt-get is not installed: Debian's packages are fetched with apt; on another system "
        "import a tarball or a directory",
        kDebian, version);
  progress.begin("Fetching linux-source-" + version, 0);
  KILLIFY_TRY(const std::string found,
              run_script("debian-kernel", {"--tarball", version, directory.string()},
                         kDownloadPatience, fmt::format("{}{}", kDebian, version)));
  progress.end(found);
  for (const auto& entry : fs::directory_iterator(directory)) return entry.path();
  return fail("{}{}: the package holds no tarball", kDebian, version);
}

}  // namespace

Result<Exit> import_command(const GlobalOptions& global, const ImportOptions& options) {
  auto progress = make_progress(global.progress);
  fs::path source = options.source;
  std::optional<TempDir> fetched;
  if (options.source.starts_with(kDebian)) {
    KILLIFY_TRY(fetched, TempDir::make());
    KILLIFY_TRY(source,
                debian_source(options.source.substr(kDebian.size()), fetched->path(), *progress));
  }
  KILLIFY_TRY(auto imported, import_tree(source, options.destination, *progress));
  KILLIFY_CHECK(
      show(fmt::format("{}: {} as {} ({})\n", options.destination, counted(imported.files, "file"),
                       imported.commit.substr(0, 12), imported.tag)));
  return Exit::kOk;
}

}  // namespace killify
