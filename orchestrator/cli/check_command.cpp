#include "check/check.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/session.h"
#include "report/check_report.h"

namespace killify {

Result<Exit> check_command(const GlobalOptions& global, const TreeOptions& tree,
                           const CheckOptions& options) {
  KILLIFY_TRY(const auto spec, open_series(tree));
  KILLIFY_TRY(const auto repository, open_repository(global));
  const CheckRequest request{.directory = options.directory,
                             .revision = options.revision,
                             .waivers = spec.checkpatch_waivers,
                             .cache = cache_dir(global),
                             .jobs = global.jobs};
  const auto progress = make_progress(global.progress);
  KILLIFY_TRY(const auto report, check_series(repository, request, *progress));
  KILLIFY_CHECK(
      print_as(tree.format, tree.format == Format::kJson
                                ? check_json(report)
                                : check_text(report, Paint(colours_wanted(global.colour)))));
  return report.exit();
}

}  // namespace killify
