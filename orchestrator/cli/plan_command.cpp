#include "cli/commands.h"
#include "cli/output.h"
#include "cli/patch_commands.h"
#include "cli/session.h"
#include "report/figures_report.h"
#include "report/text_report.h"
#include "series/figures.h"

namespace killify {
namespace {

// A strategy that does not fit the tree is a column without figures.
Result<Exit> compare(Session& session, Format format) {
  KILLIFY_TRY(const auto audited, session.audit());
  std::vector<const Strategy*> strategies{nullptr};
  for (const auto& strategy : session.spec().strategies) strategies.push_back(&strategy);
  std::vector<Figures> all;
  for (const auto* strategy : strategies) {
    const auto changes = session.changes_of(strategy);
    if (!changes && (strategy == nullptr || changes.error().exit == Exit::kInterrupted))
      return tl::unexpected(changes.error());
    if (!changes) {
      Figures& none = all.emplace_back();
      none.strategy = strategy->name;
      none.trouble = changes.error().message;
      continue;
    }
    KILLIFY_TRY(auto figures, figures_of(*changes, audited.findings, strategy));
    all.push_back(std::move(figures));
  }
  KILLIFY_CHECK(print_as(format, format == Format::kJson ? figures_json(all) : figures_text(all)));
  return session.end(Exit::kOk);
}

}  // namespace

Result<Exit> plan_command(const GlobalOptions& global, const TreeOptions& tree,
                          const PlanOptions& options) {
  if (!tree.patch.file.empty() && options.compare)
    return fail("--compare: is of a campaign's strategies; leave --patch out");
  if (!tree.patch.file.empty()) return patch_plan(global, tree);
  KILLIFY_TRY(auto session, Session::open(global, tree));
  if (options.compare) return compare(*session, tree.format);
  KILLIFY_TRY(auto changes, session->changes());
  if (tree.format == Format::kJson) {
    KILLIFY_TRY(auto json, changes_json(changes));
    KILLIFY_CHECK(print(json));
  } else {
    KILLIFY_CHECK(show(plan_text(changes, Paint(colours_wanted(global.colour)))));
  }
  return session->end(Exit::kOk);
}

}  // namespace killify
