#include "cli/commands.h"
#include "cli/output.h"
#include "cli/patch_commands.h"
#include "cli/session.h"
#include "report/text_report.h"
#include "series/patch_file.h"
#include "tree/text_diff.h"

namespace killify {

// Nothing of the user's is written: the semantic patches work on texts in memory, and what is kept
// is kept in the cache.
Result<Exit> diff_command(const GlobalOptions& global, const TreeOptions& tree,
                          const DiffOptions& options) {
  if (!tree.patch.file.empty()) return patch_diff(global, tree, options);
  KILLIFY_TRY(auto session, Session::open(global, tree));
  KILLIFY_TRY(auto changes, session->changes());
  std::vector<FileChange> all;
  for (const auto& change : changes.changes)
    all.insert(all.end(), change.files.begin(), change.files.end());
  auto files = merged(all);            // a file is shown once, whatever the number of commits
  if (session->modules().size() == 1)  // as its own repository has them
    for (auto& file : files) file.path.erase(0, session->modules().front().place.size() + 1);

  Paint paint(colours_wanted(global.colour));
  if (tree.format == Format::kJson) {
    KILLIFY_TRY(auto json, changes_json(changes));
    KILLIFY_CHECK(print(json));
  } else if (options.stat) {
    KILLIFY_TRY(auto stat, format_diffstat(files, 80));
    KILLIFY_CHECK(show(stat));
  } else {
    KILLIFY_TRY(auto diff, format_diff(files));
    KILLIFY_CHECK(print_paged(painted_diff(diff, paint), !options.no_pager));
  }
  if (tree.format == Format::kText) session->progress().note(left_out_summary(changes.left_out));
  return session->end(options.exit_code && !files.empty() ? Exit::kFailed : Exit::kOk);
}

}  // namespace killify
