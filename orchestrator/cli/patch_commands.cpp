#include "cli/patch_commands.h"

#include "apply/apply.h"
#include "apply/spatch_diff.h"
#include "cli/output.h"
#include "cli/publish.h"
#include "cli/session.h"
#include "cocci/spatch.h"
#include "report/text_report.h"
#include "series/commits.h"
#include "series/patch_file.h"
#include "series/user_changes.h"
#include "series/write_series.h"
#include "support/files.h"
#include "support/resources.h"
#include "support/shell_safe.h"
#include "support/text.h"
#include "tree/text_diff.h"
#include "tree/workshop.h"

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <utility>

namespace killify {
namespace {

namespace fs = std::filesystem;

// Virtual rules by which the kernel's semantic patches say what they are to do.
constexpr std::array<std::string_view, 4> kModes = {"patch", "context", "org", "report"};
constexpr std::string_view kIncludeHeaders = "--include-headers";

struct UserRun {
  std::unique_ptr<Session> session;
  UserPatch patch;
  Applied applied;
};

bool is_mode(std::string_view name) {
  return std::ranges::find(kModes, name) != kModes.end();
}

// "-D" with each name, and the mode that is wanted where the user names none.
std::vector<std::string> definitions(const PatchOptions& options, const UserPatch& patch,
                                     const std::string& mode) {
  std::vector<std::string> names = options.defines;
  const bool chosen = std::ranges::any_of(names, is_mode);
  if (!chosen && patch.virtual_rules.contains(mode)) names.push_back(mode);
  std::vector<std::string> arguments;
  for (const std::string& name : names) arguments.insert(arguments.end(), {"-D", name});
  return arguments;
}

// As spatch reads them: the tree's .cocciconfig, the patch's own, the user's.
Result<std::vector<std::string>> options_of(const PatchOptions& options, const UserPatch& patch,
                                            const Session& session) {
  std::vector<std::string> dropped;
  std::vector<std::string> all;
  if (const auto* config = session.snapshot().find(".cocciconfig")) {
    KILLIFY_TRY(const auto text, session.repository().read_blob(config->blob));
    all = reading_options(cocciconfig_options(text), dropped);
  }
  all.insert(all.end(), patch.options.begin(), patch.options.end());
  dropped.clear();
  for (auto& option : reading_options(options.spatch_options, dropped))
    all.push_back(std::move(option));
  if (!dropped.empty())
    return fail(
        "--spflags: {}: killify decides which files are looked at, for how long, and where "
        "the results go",
        dropped.front());
  if (options.include_headers) all.emplace_back(kIncludeHeaders);
  if (!options.macro_file.empty())
    all.insert(all.end(), {"--macro-file", fs::absolute(options.macro_file).string()});
  return all;
}

Result<UserRun> run_user_patch(const GlobalOptions& global, const TreeOptions& tree,
                               const std::string& mode) {
  UserRun run;
  const PatchOptions& options = tree.patch;
  KILLIFY_TRY(run.patch, read_user_patch(options.file));
  for (const std::string& name : {run.patch.file.string(), options.macro_file})
    if (!name.empty() && !is_shell_safe(name))
      return fail("{}: spatch hands names to a shell, and this one is no plain name; rename it",
                  name);
  KILLIFY_TRY(run.session, Session::open(global, tree));
  Session& session = *run.session;
  if (run.patch.scripts) spdlog::warn("{} brings scripts along, which spatch runs", options.file);
  ApplyRequest request{.patch = run.patch,
                       .arguments = {},
                       .paths = session.paths(),
                       .jobs = session.jobs(),
                       .cache = session.cache()};
  KILLIFY_TRY(request.arguments, options_of(options, run.patch, session));
  request.headers =
      std::ranges::find(request.arguments, kIncludeHeaders) != request.arguments.end();
  for (auto& argument : definitions(options, run.patch, mode))
    request.arguments.push_back(std::move(argument));
  KILLIFY_TRY(run.applied,
              apply_patch(session.repository(), session.snapshot(), request, session.progress()));
  return run;
}

// How a command ends whose results are out.
Result<Exit> end(const UserRun& run, Exit asked) {
  const auto& failed = run.applied.failed;
  if (failed.empty()) return asked;
  auto error = fail("{} could not be looked at, so this result is not whole; the first: {}: {}",
                    counted(failed.size(), "file"), failed.front().path, failed.front().why);
  error.value().exit = Exit::kUnjudged;
  if (asked == Exit::kOk) return error;
  spdlog::warn("{}", error.value().message);
  return asked;
}

Result<Changes> changes_of(UserRun& run) {
  KILLIFY_TRY(const auto group, run.session->grouper());
  Changes changes;
  KILLIFY_TRY(changes.changes, user_changes(run.applied, run.patch, group));
  changes.unseen = not_applied(run.applied);
  return changes;
}

// "scripts/coccinelle/api/memdup.cocci" where the tree has this very file.
std::string path_in_tree(const UserRun& run) {
  const auto& repository = run.session->repository();
  const fs::path work_tree = repository.work_tree();
  if (work_tree.empty()) return {};
  const std::string path = run.patch.file.lexically_relative(work_tree).generic_string();
  const auto* entry = run.session->snapshot().find(path);
  if (entry == nullptr) return {};
  const auto text = repository.read_blob(entry->blob);
  return text && *text == run.patch.text ? path : std::string();
}

// The places that a patch would change, a line each: "drivers/x.c:12: 2 lines out, 1 in".
Result<std::vector<std::string>> places_of(const AppliedFile& file) {
  std::vector<std::string> places;
  KILLIFY_TRY(const std::string diff, unified_diff(file.path, file.before, file.after));
  for (const auto& [path, diffs] : printed_by_path(diff).diffs)
    for (const auto& hunks : diffs)
      for (const auto& place : changed_places(hunks))
        places.push_back(fmt::format("{}:{}: {} out, {} in", file.path, place.line,
                                     counted(place.removed, "line"), place.added));
  return places;
}

}  // namespace

Result<Exit> patch_audit(const GlobalOptions& global, const TreeOptions& tree) {
  if (tree.format != Format::kText && tree.format != Format::kJson)
    return fail("--format: with --patch it is text or json");
  KILLIFY_TRY(auto run, run_user_patch(global, tree, "report"));
  std::vector<std::string> lines = run.applied.printed;
  // A report stands for the lines that the same rules mark.
  const bool told = !lines.empty() && run.patch.virtual_rules.contains("report");
  for (const AppliedFile& file : told ? std::vector<AppliedFile>() : run.applied.files) {
    KILLIFY_TRY(auto places, places_of(file));
    lines.insert(lines.end(), places.begin(), places.end());
  }
  if (tree.format == Format::kJson) {
    nlohmann::ordered_json json{{"schema", "killify.places/1"},
                                {"patch", run.patch.file.filename().string()},
                                {"files", run.applied.candidates},
                                {"looked_at", run.applied.selected},
                                {"places", lines}};
    json["failed"] = nlohmann::ordered_json::array();
    for (const auto& one : run.applied.failed)
      json["failed"].push_back({{"file", one.path}, {"why", one.why}});
    KILLIFY_CHECK(print(json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"));
    return end(run, Exit::kOk);
  }
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  text += fmt::format("{} in {} of {}\n", counted(lines.size(), "place"),
                      counted(run.applied.selected, "file"), run.applied.candidates);
  KILLIFY_CHECK(show(text));
  return end(run, Exit::kOk);
}

Result<Exit> patch_plan(const GlobalOptions& global, const TreeOptions& tree) {
  KILLIFY_TRY(auto run, run_user_patch(global, tree, "patch"));
  KILLIFY_TRY(const auto changes, changes_of(run));
  if (tree.format == Format::kJson) {
    KILLIFY_TRY(const auto json, changes_json(changes));
    KILLIFY_CHECK(print(json));
  } else {
    KILLIFY_CHECK(show(plan_text(changes, Paint(colours_wanted(global.colour)))));
  }
  return end(run, Exit::kOk);
}

Result<Exit> patch_diff(const GlobalOptions& global, const TreeOptions& tree,
                        const DiffOptions& options) {
  KILLIFY_TRY(auto run, run_user_patch(global, tree, "patch"));
  std::vector<FileChange> files;
  for (const AppliedFile& file : run.applied.files)
    files.push_back({file.path, file.before, file.after});
  if (tree.format == Format::kJson) {
    KILLIFY_TRY(const auto changes, changes_of(run));
    KILLIFY_TRY(const auto json, changes_json(changes));
    KILLIFY_CHECK(print(json));
  } else if (options.stat) {
    KILLIFY_TRY(const auto stat, format_diffstat(files, 80));
    KILLIFY_CHECK(show(stat));
  } else {
    KILLIFY_TRY(const auto diff, format_diff(files));
    const Paint paint(colours_wanted(global.colour));
    KILLIFY_CHECK(print_paged(painted_diff(diff, paint), !options.no_pager));
  }
  return end(run, options.exit_code && !files.empty() ? Exit::kFailed : Exit::kOk);
}

Result<Exit> patch_generate(const GlobalOptions& global, const TreeOptions& tree,
                            const GenerateOptions& options) {
  KILLIFY_CHECK(check_output_directory(options.output));
  if (!options.proof.empty()) return fail("--proof: is of the campaign that it proves");
  std::string changelog;
  if (!options.changelog.empty()) {
    KILLIFY_TRY(changelog, read_file(options.changelog));
  }
  KILLIFY_TRY(auto run, run_user_patch(global, tree, "patch"));
  Session& session = *run.session;
  const UserWording wording{tree.patch.subject, tree.patch.template_file};
  if (wording.subject.empty() && run.patch.summary.empty())
    return fail(
        "{}: says nothing of itself: begin it with a line '/// What it does', or give "
        "--subject",
        tree.patch.file);
  KILLIFY_TRY(auto changes, changes_of(run));
  if (changes.changes.empty()) {
    KILLIFY_CHECK(end(run, Exit::kOk));
    return fail("{} changes nothing in {}: {} of {} have the words that it needs", tree.patch.file,
                tree.paths.empty() ? "the tree" : join(tree.paths, " "), run.applied.selected,
                counted(run.applied.candidates, "file"));
  }
  for (const Change& change : changes.changes)
    for (const std::string& remark : change.remarks) session.progress().note("look at " + remark);

  KILLIFY_TRY(const auto identity, session.repository().identity());
  KILLIFY_TRY(const auto prefixes, prefixes_of(changes.changes, session));
  KILLIFY_TRY(const auto data, data_dir());
  const fs::path messages = data / "series" / "messages";
  const TemplateValues words = user_words(run.patch, wording, path_in_tree(run));
  KILLIFY_TRY(auto texts,
              user_messages(changes.changes, words, wording, messages, prefixes, identity));
  KILLIFY_TRY(auto workshop, Workshop::open(session.repository(), session.cache()));
  KILLIFY_TRY(Series series, series_of(session, run.patch.name, tree, options, identity));
  series.title = words.at("summary");
  series.cover_template = messages / "apply-cover.txt";
  series.words = words;
  series.changelog = std::move(changelog);
  series.unseen = std::move(changes.unseen);
  series.semantic_patches = {{run.patch.file.filename().string(), run.patch.sha256}};
  KILLIFY_TRY(const auto spatch, Spatch::find(session.cache() / "scratch"));
  series.spatch_version = spatch.version();
  KILLIFY_TRY(series.commits, commit_series(workshop, series.base, std::move(changes.changes),
                                            std::move(texts), identity));
  KILLIFY_CHECK(publish(std::move(series), global, tree, options, session, workshop));
  return end(run, Exit::kOk);
}

}  // namespace killify
