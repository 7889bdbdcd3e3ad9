#include "cli/commands.h"
#include "cli/output.h"
#include "cli/session.h"
#include "prove/prove.h"
#include "reach/in_place.h"
#include "series/manifest.h"
#include "series/strategy_changes.h"
#include "support/temp_dir.h"
#include "tree/promised.h"
#include "tree/workshop.h"

#include <filesystem>

namespace killify {
namespace {

namespace fs = std::filesystem;

// The ends of a series, and which handlers its manifest says to convert wholly.
Result<SeriesRequest> series_of(const Repository& repository, const std::string& what) {
  SeriesRequest series;
  std::string base = "HEAD";
  std::string tip = what;
  std::error_code error;  // what is no path is no directory
  if (fs::is_directory(what, error)) {
    KILLIFY_TRY(const auto manifest, read_manifest(fs::path(what) / kManifestName));
    if (manifest.commits.empty()) return fail("{}: the series has no commits", what);
    base = manifest.base_commit;
    tip = manifest.commits.back().oid;
    for (const auto& commit : manifest.commits)
      for (const auto& site : commit.sites) series.handlers.insert(site.handler);
    // A handler that keeps a sleep may go on to spin in it: nothing is claimed of such a one.
    for (const auto& left : manifest.left_out) series.handlers.erase(left.finding.handler.function);
  }
  KILLIFY_TRY(const auto commits, repository.range(base, tip));
  if (commits.empty())
    return fail("{}: no commits on top of {}; write BASE..TIP", what, base.substr(0, 12));
  if (commits.front().parents.empty())
    return fail("{}: its first commit has no parent to compare with", what);
  KILLIFY_TRY(series.base, repository.commit(commits.front().parents.front()));
  series.tip = commits.back();
  return series;
}

// The series without what a proof has to miss, as a commit of the workshop's.
Result<CommitInfo> control_of(const Strategy& strategy, Session& session, const CommitInfo& tip,
                              Workshop& workshop) {
  KILLIFY_TRY(auto* facts, session.facts());
  KILLIFY_TRY(
      const auto changes,
      control_changes(*facts, {strategy, session.repository(), session.jobs(), session.cache()},
                      session.progress()));
  FileContents files;
  for (const auto& file : changes) files[file.path] = file.after;
  KILLIFY_TRY(const Oid oid, workshop.commit(tip.oid, files, "Control\n", tip.author));
  return workshop.repository().commit(oid);
}

// Whether the series is a strategy of the campaign's, which leaves the handlers as they are.
Status look_at_strategy(const GlobalOptions& global, SeriesRequest& series, Workshop& workshop) {
  TreeOptions tree;
  tree.revision = series.tip.oid;
  KILLIFY_TRY(auto session, Session::open(global, tree));
  KILLIFY_TRY(auto* facts, session->facts());
  KILLIFY_TRY(const auto* strategy, strategy_in_place(*facts, session->spec().strategies));
  if (strategy == nullptr) return {};
  series.enclosed = true;
  if (strategy->control.empty()) return {};
  KILLIFY_TRY(series.control, control_of(*strategy, *session, series.tip, workshop));
  return {};
}

Result<Proof> prove(const GlobalOptions& global, const ProveOptions& options,
                    const ProveRequest& request, Progress& progress) {
  if (options.stock) return prove_stock(request, *options.stock, progress);
  KILLIFY_TRY(const auto repository, open_repository(global));
  KILLIFY_TRY(auto series, series_of(repository, options.series));
  series.locking = options.locking;
  KILLIFY_CHECK(fetch_all_promised(repository, series.base.oid, progress));
  KILLIFY_CHECK(fetch_all_promised(repository, series.tip.oid, progress));
  KILLIFY_TRY(auto workshop, Workshop::open(repository, request.cache));
  KILLIFY_CHECK(look_at_strategy(global, series, workshop));
  return prove_series(request, series, workshop, progress);
}

}  // namespace

Result<Exit> prove_command(const GlobalOptions& global, const ProveOptions& options) {
  if (!options.stock && options.series.empty())
    return fail("prove: say of what: --stock [VERSION], or --series BRANCH|DIR");
  ProveRequest request;
  request.cache = cache_dir(global);
  request.jobs = global.jobs;
  request.accelerator = options.accelerator;
  request.deadline = std::chrono::minutes(options.deadline_minutes);
  remove_stale_temporaries(request.cache / "scratch");
  auto progress = make_progress(global.progress);
  KILLIFY_TRY(const auto proof, prove(global, options, request, *progress));
  KILLIFY_CHECK(
      print_as(options.format, options.format == Format::kJson
                                   ? proof_json(proof)
                                   : proof_text(proof, Paint(colours_wanted(global.colour)))));
  return proof.exit();
}

}  // namespace killify
