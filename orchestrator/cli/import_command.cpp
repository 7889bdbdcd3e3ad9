#include "cli/commands.h"
#include "cli/output.h"
#include "support/text.h"
#include "tree/import.h"

namespace killify {

Result<Exit> import_command(const GlobalOptions& global, const ImportOptions& options) {
  auto progress = make_progress(global.progress);
  KILLIFY_TRY(auto imported, import_tree(options.source, options.destination, *progress));
  KILLIFY_CHECK(
      print(fmt::format("{}: {} as {} ({})\n", options.destination, counted(imported.files, "file"),
                        imported.commit.substr(0, 12), imported.tag)));
  return Exit::kOk;
}

}  // namespace killify
