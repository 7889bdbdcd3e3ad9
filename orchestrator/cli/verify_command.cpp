#include "cli/commands.h"
#include "cli/output.h"
#include "cli/session.h"
#include "series/manifest.h"
#include "support/text.h"
#include "tree/module.h"
#include "tree/promised.h"
#include "tree/workshop.h"
#include "verify/choose.h"
#include "verify/verify.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

namespace killify {
namespace {

namespace fs = std::filesystem;

// What is to be verified: "A..B", a series directory, or a branch that killify made.
Result<std::vector<CommitInfo>> commits_of(const Repository& repository, const std::string& what,
                                           const SeriesSpec& spec, bool of_module) {
  // First: "../out" is no range.
  std::error_code error;  // what is no path is no directory
  if (fs::is_directory(what, error)) {
    KILLIFY_TRY(auto manifest, read_manifest(fs::path(what) / kManifestName));
    if (manifest.module.empty() == of_module)
      return of_module ? fail("{}: is a series of the kernel's; leave --module out", what)
                       : fail("{}: is a series of {}; say where that is with --module DIR", what,
                              manifest.module);
    if (manifest.commits.empty()) return fail("{}: the series has no commits", what);
    return repository.range(manifest.base_commit, manifest.commits.back().oid);
  }
  if (auto dots = what.find(".."); dots != std::string::npos) {
    auto base = what.substr(0, dots);
    auto tip = what.substr(dots + 2);
    if (base.empty() || tip.empty() || tip.starts_with('.'))
      return fail("{}: not a range; write BASE..TIP", what);
    return repository.range(base, tip);
  }
  return fail("{}: neither a range (BASE..TIP) nor a directory that generate wrote; try HEAD..{}",
              what, what.empty() ? fmt::format("killify/{}/v1", spec.name) : what);
}

// The functions that commits of a series gave a new name, with the old one left to other callers.
Result<std::map<Oid, std::vector<RenamedFunction>>> renamed_in(const std::string& directory) {
  std::error_code error;
  if (!fs::is_directory(directory, error))
    return fail(
        "--callers: name the directory that generate wrote instead of {}: its {} tells what "
        "was renamed",
        directory, kManifestName);
  KILLIFY_TRY(const auto manifest, read_manifest(fs::path(directory) / kManifestName));
  std::map<Oid, std::vector<RenamedFunction>> renamed;
  for (const ManifestCommit& commit : manifest.commits) {
    if (commit.kind != "thread") continue;
    for (const Addition& addition : commit.additions)
      if (addition.name != addition.model)
        renamed[commit.oid].push_back({addition.model, addition.name, addition.file});
  }
  return renamed;
}

// The commits of a module, beside the kernel. What the user knows them by is put back at the end.
class ModuleCommits {
 public:
  [[nodiscard]] static Result<std::optional<ModuleCommits>> open(const TreeOptions& tree,
                                                                 const Repository& kernel) {
    if (tree.modules.empty()) return std::nullopt;
    KILLIFY_TRY(auto module, read_module(tree.modules.front(), kernel.work_tree()));
    if (!module.repository)
      return fail("--module {}: is in no git repository, so there are no commits of it",
                  module.top.string());
    KILLIFY_TRY(auto base, kernel.commit(tree.revision));
    return ModuleCommits(std::move(module), std::move(base));
  }

  [[nodiscard]] const Repository& repository() const { return *module_.repository; }
  [[nodiscard]] const Oid& kernel() const { return kernel_.oid; }

  // The request, which names commits of the module, made one of commits beside the kernel.
  [[nodiscard]] Status move(VerifyRequest& request, Workshop& workshop) {
    const auto own = std::exchange(request.commits, {});
    if (own.front().parents.empty())
      return fail("{}: is the first commit, and there is nothing to compare it with",
                  own.front().oid);
    KILLIFY_TRY(const auto base, repository().commit(own.front().parents.front()));
    KILLIFY_TRY(request.commits, beside(workshop, kernel_, module_, base, own));
    auto renamed = std::exchange(request.renamed, {});
    for (std::size_t i = 0; i < own.size(); ++i) {
      own_[request.commits[i].oid] = own[i].oid;
      if (const auto known = renamed.find(own[i].oid); known != renamed.end())
        request.renamed[request.commits[i].oid] = std::move(known->second);
    }
    KILLIFY_TRY(request.module, kbuild_directory(module_));
    return {};
  }

  void name_own(VerifyReport& report) const {
    for (auto& commit : report.commits) commit.oid = own_.at(commit.oid);
  }

 private:
  ModuleCommits(Module module, CommitInfo kernel)
      : module_(std::move(module)), kernel_(std::move(kernel)) {}
  Module module_;
  CommitInfo kernel_;
  std::map<Oid, Oid> own_;
};

// One that the series defines, or one of killify's own.
Result<Configuration> configuration_named(const std::string& name, const SeriesSpec& spec) {
  for (const auto& defined : spec.configurations)
    if (defined.name == name) return make_configuration(defined);
  return find_configuration(name);
}

}  // namespace

Result<Exit> verify_command(const GlobalOptions& global, const TreeOptions& tree,
                            const VerifyOptions& options) {
  KILLIFY_TRY(auto spec, open_series(tree));
  KILLIFY_TRY(auto repository, open_repository(global));
  KILLIFY_TRY(auto module, ModuleCommits::open(tree, repository));
  VerifyRequest request;
  request.cache = cache_dir(global);
  request.jobs = global.jobs;
  request.deadline = std::chrono::minutes(options.deadline_minutes);
  KILLIFY_TRY(request.commits, commits_of(module ? module->repository() : repository, options.what,
                                          spec, module.has_value()));
  if (request.commits.empty()) return fail("{}: no commits to verify", options.what);
  if (options.commit > request.commits.size())
    return fail("--commit={}: {} has {}", options.commit, options.what,
                counted(request.commits.size(), "commit"));
  if (options.commit != 0) request.commits = {request.commits[options.commit - 1]};
  request.first_failure = options.first_failure;
  request.checks = !options.builds_only;
  request.acceptance = {spec.checkpatch_waivers, spec.line_waivers};
  request.neutral = spec.neutral;
  if (options.callers) {
    KILLIFY_TRY(request.renamed, renamed_in(options.what));
  }
  auto progress = make_progress(global.progress);
  const auto& first = request.commits.front();
  const Oid& base = module                  ? module->kernel()
                    : first.parents.empty() ? first.oid
                                            : first.parents.front();
  KILLIFY_CHECK(fetch_all_promised(repository, base, *progress));
  if (!module) KILLIFY_CHECK(fetch_all_promised(repository, request.commits.back().oid, *progress));
  KILLIFY_TRY(auto workshop, Workshop::open(repository, request.cache));
  if (module) KILLIFY_CHECK(module->move(request, workshop));
  std::vector<std::string> choices;
  const auto& names = options.configurations.empty() ? spec.verify_configs : options.configurations;
  if (names == std::vector<std::string>{"auto"}) {
    if (module)
      return fail(
          "--config auto: asks Kconfig, which does not know the module; name configurations, such "
          "as x86_64-allmod");
    KILLIFY_TRY(Choice choice,
                choose_configurations(request.commits, workshop, request.cache, *progress));
    request.configurations = std::move(choice.configurations);
    choices = std::move(choice.reasons);
  }
  for (const auto& name : choices.empty() ? names : std::vector<std::string>()) {
    if (std::ranges::find(request.configurations, name, &Configuration::name) !=
        request.configurations.end())
      continue;
    KILLIFY_TRY(auto configuration, configuration_named(name, spec));
    request.configurations.push_back(std::move(configuration));
  }
  request.named = choices.empty();
  KILLIFY_TRY(auto report, verify(request, workshop, *progress));
  if (module) module->name_own(report);
  report.choices = std::move(choices);
  KILLIFY_CHECK(
      print_as(tree.format, tree.format == Format::kJson ? verify_json(report)
                            : tree.format == Format::kJunit
                                ? verify_junit(report)
                                : verify_text(report, Paint(colours_wanted(global.colour)))));
  return report.exit();
}

}  // namespace killify
