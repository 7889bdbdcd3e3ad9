#include "cli/commands.h"
#include "cli/output.h"
#include "cli/patch_commands.h"
#include "cli/session.h"
#include "report/text_report.h"

namespace killify {

Result<Exit> plan_command(const GlobalOptions& global, const TreeOptions& tree) {
  if (!tree.patch.file.empty()) return patch_plan(global, tree);
  KILLIFY_TRY(auto session, Session::open(global, tree));
  KILLIFY_TRY(auto changes, session->changes());
  if (tree.format == Format::kJson) {
    KILLIFY_TRY(auto json, changes_json(changes));
    KILLIFY_CHECK(print(json));
  } else {
    KILLIFY_CHECK(print(plan_text(changes, Paint(colours_wanted(global.colour)))));
  }
  return session->end(Exit::kOk);
}

}  // namespace killify
