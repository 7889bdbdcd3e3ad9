#include "cli/session.h"

#include "plan/asked_threads.h"
#include "plan/planner.h"
#include "reach/audit_store.h"
#include "reach/in_place.h"
#include "series/postings.h"
#include "series/strategy_changes.h"
#include "series/tip_check.h"
#include "support/build_id.h"
#include "support/process.h"
#include "support/resources.h"
#include "support/temp_dir.h"
#include "support/text.h"
#include "tree/promised.h"
#include "tree/work_tree.h"
#include "tree/workshop.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>

namespace killify {
namespace {

namespace fs = std::filesystem;

// Directories of the snapshot at the depth of `path`, to suggest from.
std::vector<std::string> directories_like(const Snapshot& snapshot, const std::string& path) {
  auto depth = std::count(path.begin(), path.end(), '/');
  std::set<std::string> directories;
  for (const auto& entry : snapshot.entries) {
    std::size_t slash = 0;
    for (auto level = depth; level >= 0 && slash != std::string::npos; --level)
      slash = entry.path.find('/', slash == 0 ? 0 : slash + 1);
    if (slash != std::string::npos) directories.insert(entry.path.substr(0, slash));
  }
  return {directories.begin(), directories.end()};
}

// "./drivers//gpu/" to "drivers/gpu"; an absolute path to one below the work tree.
std::string tree_path(const std::string& given, const fs::path& work_tree) {
  fs::path path(given);
  if (path.is_absolute() && !work_tree.empty()) path = path.lexically_relative(work_tree);
  auto text = path.lexically_normal().generic_string();
  while (text.ends_with('/')) text.pop_back();
  return text == "." ? "" : text;
}

bool is_in(const Snapshot& snapshot, const std::string& path) {
  return path.empty() || snapshot.find(path) != nullptr || snapshot.has_directory(path);
}

// A repository may hold its kernel in a directory; paths in a tree begin at the kernel's top.
tl::unexpected<Error> not_a_kernel(const Repository& repository, const Snapshot& snapshot,
                                   const std::string& tree, const std::string& revision) {
  constexpr std::string_view kMark = "/MAINTAINERS";
  for (const auto& entry : snapshot.entries) {
    if (!entry.path.ends_with(kMark)) continue;
    const auto below = entry.path.substr(0, entry.path.size() - kMark.size());
    const auto* makefile = snapshot.find(below + "/Makefile");
    if (makefile == nullptr) continue;
    const auto text = repository.read_blob(makefile->blob);
    if (!text || !kernel_version(*text)) continue;
    const auto source = (repository.work_tree() / below).string();
    return fail(
        "{}: {} has its kernel in {}/, and killify works where it is at the top of the repository; "
        "make one of it with: {} DEST",
        tree, revision, below, shell_quoted({"killify", "import", source}));
  }
  return fail("{}: {} has no Makefile: not a kernel tree; point -C at one", tree, revision);
}

// The audit of these paths in a tree with the changes.
Result<Audit> audit_of_tip(const Changes& changes, const std::vector<std::string>& paths,
                           Session& session) {
  FileContents files;
  for (const auto& change : changes.changes)
    for (const auto& file : change.files) files[file.path] = file.after;
  KILLIFY_TRY(auto workshop, Workshop::open(session.repository(), session.cache()));
  const auto& base = session.base();
  KILLIFY_TRY(const auto tip, workshop.commit(base.oid, files, "The result\n", base.author));
  KILLIFY_TRY(auto snapshot, workshop.repository().snapshot(tip));
  const auto& lacking = session.snapshot().lacking;
  std::erase_if(snapshot.entries, [&](const TreeEntry& entry) {
    return std::ranges::binary_search(lacking, entry.path);
  });
  KILLIFY_TRY(auto* coccinelle, session.coccinelle());
  KILLIFY_TRY(const auto* before, session.facts());
  const auto jobs = before->jobs();
  KILLIFY_TRY(const auto words,
              WordIndex::open(workshop.repository(), snapshot, session.cache() / "words", jobs,
                              session.progress()));
  TreeFacts facts(workshop.repository(), snapshot, words, *coccinelle, jobs, session.progress());
  return killify::audit(facts, session.spec(), paths);
}

}  // namespace

fs::path cache_dir(const GlobalOptions& options) {
  return fs::absolute(options.cache.empty() ? default_cache_dir() : fs::path(options.cache));
}

Result<SeriesSpec> open_series(const TreeOptions& options) {
  KILLIFY_TRY(auto file, find_series(options.series));
  KILLIFY_TRY(auto spec, load_series(file));
  if (options.group == "file") spec.grouping = Grouping::kFile;
  if (options.group == "driver") spec.grouping = Grouping::kDriver;
  if (options.group == "maintainers") spec.grouping = Grouping::kMaintainers;
  if (options.patches) spec.cover.patches = *options.patches;
  return spec;
}

Result<Repository> open_repository(const GlobalOptions& options) {
  return Repository::open(options.tree);
}

Result<std::unique_ptr<Session>> Session::open(const GlobalOptions& global,
                                               const TreeOptions& tree) {
  KILLIFY_TRY(auto spec, open_series(tree));
  KILLIFY_TRY(auto repository, open_repository(global));
  std::unique_ptr<Session> session(new Session(std::move(repository), std::move(spec)));
  session->cache_ = cache_dir(global);
  session->jobs_ = global.jobs;
  KILLIFY_CHECK(session->choose_strategy(tree.strategy));
  session->progress_ = make_progress(global.progress);
  remove_stale_temporaries(session->cache_ / "scratch");

  KILLIFY_TRY(session->base_, session->repository_.commit(tree.revision));
  KILLIFY_TRY(session->snapshot_, session->repository_.snapshot(session->base_.oid));
  KILLIFY_CHECK(fetch_promised(session->repository_, session->snapshot_, *session->progress_));
  const auto* makefile = session->snapshot_.find("Makefile");
  if (makefile == nullptr)
    return not_a_kernel(session->repository_, session->snapshot_, global.tree, tree.revision);
  KILLIFY_TRY(auto text, session->repository_.read_blob(makefile->blob));
  auto version = killify::kernel_version(text);
  if (!version) return fail("{}: {}", global.tree, version.error().message);
  session->kernel_version_ = *version;
  if (tree.revision == TreeOptions().revision) session->say_what_is_not_looked_at();
  if (!tree.modules.empty()) KILLIFY_CHECK(session->add_modules(tree.modules));
  KILLIFY_CHECK(session->resolve_paths(tree.paths));

  KILLIFY_TRY(auto data, data_dir());
  session->patches_ = data / "semantic-patches";
  return session;
}

Status Session::choose_strategy(const std::string& name) {
  convert_only_ = name == kConvertOnlyStrategy;
  if (convert_only_ || name == kThreadStrategy) return {};
  std::vector<std::string> known{kThreadStrategy, kConvertOnlyStrategy};
  for (const auto& strategy : spec_.strategies) {
    if (strategy.name == name) strategy_ = &strategy;
    known.push_back(strategy.name);
  }
  if (strategy_ == nullptr)
    return fail("--strategy: '{}' is none of {}: {}{}", name, spec_.name, join(known, ", "),
                did_you_mean(name, known));
  return {};
}

void Session::say_what_is_not_looked_at() {
  const auto file = changed_file(repository_, snapshot_);
  if (!file.empty())
    progress_->note(
        fmt::format("note: the work tree has changes ({}); HEAD is looked at, they are not", file));
}

Status Session::add_modules(const std::vector<std::string>& directories) {
  for (const auto& directory : directories) {
    KILLIFY_TRY(auto module, read_module(directory, repository_.work_tree()));
    if (!module.changed.empty())
      progress_->note(
          fmt::format("note: the work tree of {} has changes ({}); HEAD is looked at, they are not",
                      module.top.string(), module.changed));
    modules_.push_back(std::move(module));
  }
  KILLIFY_TRY(workshop_, Workshop::open(repository_, cache_));
  KILLIFY_TRY(const auto tip, with_modules(*workshop_, base_, modules_));
  const auto lacking = std::move(snapshot_.lacking);
  KILLIFY_TRY(base_, tree().commit(tip));
  KILLIFY_TRY(snapshot_, tree().snapshot(tip));
  std::erase_if(snapshot_.entries, [&](const TreeEntry& entry) {
    return std::ranges::binary_search(lacking, entry.path);
  });
  snapshot_.lacking = lacking;
  spec_.commit.prefixes.push_back({std::string(kModules), "{}"});
  spec_.passes.add = false;
  spec_.passes.why_not = "a module cannot add it to the kernel";
  return {};
}

Result<Home> Session::home() const {
  if (modules_.empty()) return Home{&repository_, base_, {}};
  if (modules_.size() > 1)
    return fail("--module: a series goes to one repository; run generate once for each module");
  const Module& module = modules_.front();
  if (!module.repository)
    return fail(
        "--module {}: is in no git repository, and the commits go to its own; make one with git "
        "init, git add and git commit, or look at killify diff",
        module.top.string());
  return Home{&*module.repository, module.head, module.place + "/"};
}

bool Session::may_change(const std::string& file) const {
  return modules_.empty() || std::ranges::any_of(modules_, [&](const Module& module) {
           return file.starts_with(module.place + "/");
         });
}

std::vector<Finding> Session::in_modules(std::vector<Finding> findings,
                                         std::vector<LeftOut>& left_out) const {
  std::vector<Finding> kept;
  for (auto& finding : findings) {
    std::string outside = may_change(finding.sink.file) ? "" : finding.sink.function;
    auto chains = finding.other_chains;
    chains.push_back(finding.chain);
    for (const auto& chain : chains)
      for (const auto& hop : chain)
        if (outside.empty() && !may_change(hop.file)) outside = hop.function;
    if (outside.empty() || is_settled(finding))
      kept.push_back(std::move(finding));
    else
      left_out.push_back(
          {std::move(finding),
           fmt::format("review: {}() is the kernel's, which a module cannot change", outside)});
  }
  return kept;
}

Status Session::resolve_paths(const std::vector<std::string>& paths) {
  for (const auto& module : modules_)
    if (paths.empty()) paths_.push_back(module.asked);
  auto work_tree = repository_.work_tree();
  std::error_code gone;  // the directory one is in
  auto below = fs::current_path(gone).lexically_relative(work_tree).lexically_normal();
  bool inside = !work_tree.empty() && !below.empty() && *below.begin() != "..";
  for (const auto& given : paths) {
    auto path = tree_path(given, work_tree);
    auto relative = tree_path((below / given).generic_string(), {});
    for (const auto& module : modules_) {
      const auto in_module = module.place + "/" + tree_path(given, module.top);
      if (is_in(snapshot_, in_module)) path = in_module;
    }
    // As git does: "." is the directory one is in.
    if (inside && modules_.empty() && is_in(snapshot_, relative))
      paths_.push_back(relative);
    else if (is_in(snapshot_, path))
      paths_.push_back(path);
    else
      return fail("{}: no such file or directory in {}{}", given, base_.oid.substr(0, 12),
                  did_you_mean(path, directories_like(snapshot_, path)));
  }
  return {};
}

Result<Grouper> Session::grouper() {
  if (spec_.grouping != Grouping::kMaintainers)
    return group_by(spec_.grouping, spec_.commit.prefixes);
  KILLIFY_TRY(maintainers_, MaintainerTree::extract(tree(), snapshot_, cache_ / "scratch"));
  return [this](const std::string& file) { return maintainers_->maintainers_of(file); };
}

Result<Coccinelle*> Session::coccinelle() {
  if (!coccinelle_) {
    KILLIFY_TRY(coccinelle_, Coccinelle::open(patches_, cache_, jobs_));
  }
  return &*coccinelle_;
}

Result<TreeFacts*> Session::facts() {
  if (!facts_) {
    KILLIFY_TRY(auto* coccinelle, this->coccinelle());
    KILLIFY_TRY(words_, WordIndex::open(tree(), snapshot_, cache_ / "words", jobs_, *progress_));
    facts_.emplace(tree(), snapshot_, *words_, *coccinelle, jobs_, *progress_);
  }
  return &*facts_;
}

// The files of semantic-patches/ in these folders.
std::vector<fs::path> Session::patches_in(std::initializer_list<const char*> folders) const {
  std::error_code unreadable;
  std::vector<fs::path> patches;
  for (const char* folder : folders)
    for (fs::directory_iterator entry(patches_ / folder, unreadable), end;
         !unreadable && entry != end; entry.increment(unreadable))
      if (entry->path().extension() == ".cocci") patches.push_back(entry->path());
  std::sort(patches.begin(), patches.end());
  return patches;
}

Result<std::string> Session::audit_name() const {
  return answer_name(patches_in({"facts", "include"}));
}

// What a plan comes to depends on all semantic patches, and on the options that shape it.
Result<std::string> Session::plan_name() const {
  KILLIFY_TRY(auto name,
              answer_name(patches_in({"convert", "facts", "include", "prepare", "thread"})));
  if (name.empty()) return name;
  return name + fmt::format("-{}-{}-{}",
                            strategy_ != nullptr ? strategy_->name
                            : convert_only_      ? "convert"
                                                 : kThreadStrategy,
                            static_cast<int>(spec_.grouping), spec_.cover.patches);
}

Result<std::string> Session::answer_name(const std::vector<fs::path>& patches) const {
  AuditInputs inputs{.tree = base_.tree,
                     .paths = paths_,
                     .files = spec_.sources,
                     .spatch_version = {},
                     .build = build_id()};
  if (inputs.build.empty() || !snapshot_.lacking.empty()) return std::string();
  KILLIFY_TRY(auto spatch, Spatch::find(cache_ / "scratch"));
  inputs.spatch_version = spatch.version();
  inputs.files.insert(inputs.files.end(), patches.begin(), patches.end());
  return audit_key(inputs);
}

Result<Audit> Session::audit() {
  KILLIFY_TRY(auto name, audit_name());
  const AuditStore store(cache_ / "audits");
  if (!name.empty())
    if (auto kept = store.get(name)) return std::move(*kept);
  KILLIFY_TRY(auto* facts, this->facts());
  KILLIFY_TRY(auto found, killify::audit(*facts, spec_, paths_));
  if (!name.empty()) store.put(name, found);
  return found;
}

Result<AuditedTree> Session::audited_tree() {
  KILLIFY_TRY(auto found, audit());
  return AuditedTree{.audit = std::move(found),
                     .commit = base_.oid,
                     .kernel_version = kernel_version_,
                     .series = spec_.name,
                     .prefixes = spec_.commit.prefixes,
                     .words = spec_.words};
}

Result<Plan> Session::plan(std::vector<Finding> findings) {
  KILLIFY_TRY(auto group, grouper());
  KILLIFY_TRY(auto* facts, this->facts());
  KILLIFY_TRY(auto asked, asked_threads(*facts, spec_, paths_));
  findings.insert(findings.end(), asked.findings.begin(), asked.findings.end());
  std::vector<Finding> chosen;
  auto left_out = std::move(asked.left_out);
  for (const auto& finding : in_modules(std::move(findings), left_out))
    if ((convert_only_ || !spec_.passes.carry) && needs_state(finding, spec_.catalogue))
      left_out.push_back(
          {finding, (spec_.passes.carry ? "needs a task state threaded through: " : "thread: ") +
                        finding.reason});
    else
      chosen.push_back(finding);
  KILLIFY_TRY(auto plan, make_plan(*facts, spec_, chosen, group));
  plan.left_out.insert(plan.left_out.end(), left_out.begin(), left_out.end());
  return plan;
}

Result<Exit> Session::end(Exit asked) const {
  const auto unanswered = coccinelle_ ? coccinelle_->unanswered() : std::vector<std::string>();
  if (unanswered.empty()) return asked;
  auto error = fail("spatch gave no answer to {}, so this result is not whole; the first: {}",
                    counted(unanswered.size(), "question"), unanswered.front());
  error.value().exit = Exit::kUnjudged;
  if (asked == Exit::kOk) return error;
  spdlog::warn("{}", error.value().message);
  return asked;
}

Result<Changes> Session::made_by(const Strategy& strategy) {
  if (!modules_.empty())
    return fail("--strategy: {} changes the kernel, and with --module nothing of it is changed",
                strategy.name);
  KILLIFY_TRY(auto found, audit());
  KILLIFY_TRY(auto* facts, this->facts());
  KILLIFY_TRY(const bool there, is_in_place(*facts, strategy));
  if (there) return fail("it is in this tree already: {}", strategy.reason);
  Changes changes;
  KILLIFY_TRY(changes.changes,
              strategy_changes(*facts, {strategy, tree(), jobs_, cache_}, *progress_));
  number_postings(changes.changes);
  changes.unseen = std::move(found.coverage.notes);
  changes.audited = std::move(found.findings);
  return changes;
}

Result<Changes> Session::changes_of(const Strategy* strategy) {
  if (strategy != nullptr) return made_by(*strategy);
  KILLIFY_TRY(auto found, audit());
  KILLIFY_TRY(auto* facts, this->facts());
  KILLIFY_TRY(auto group, grouper());
  const auto carried_out = [&](const std::vector<Finding>& findings) -> Result<Changes> {
    KILLIFY_TRY(auto steps, plan(findings));
    return carry_out(*facts, spec_, group, std::move(steps), *progress_);
  };
  KILLIFY_TRY(auto changes,
              borne_out(found.findings, carried_out, [&](const auto& made, const auto& paths) {
                return audit_of_tip(made, paths, *this);
              }));
  for (const auto& change : changes.changes)
    for (const auto& file : change.files)
      if (!may_change(file.path))
        return fail("{}: '{}' would change the kernel, and with --module nothing of it is changed",
                    file.path, change.step.name);
  number_postings(changes.changes);
  changes.unseen = std::move(found.coverage.notes);
  changes.planned = planned_of(found.findings, changes);
  changes.audited = std::move(found.findings);
  KILLIFY_TRY(auto name, plan_name());
  const bool whole = found.coverage.failed == 0 && found.coverage.timed_out == 0;
  if (whole && !name.empty()) kept_plans().put(name, kept_text(changes.planned));
  return changes;
}

KeptFiles Session::kept_plans() const {
  return {cache_ / "plans", "killify plan 1\n"};
}

Result<PlannedById> Session::planned() {
  KILLIFY_TRY(auto name, plan_name());
  if (!name.empty())
    if (const auto kept = kept_plans().get(name))
      if (auto planned = planned_from(*kept)) return std::move(*planned);
  KILLIFY_TRY(auto made, changes());
  return std::move(made.planned);
}

}  // namespace killify
