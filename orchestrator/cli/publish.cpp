#include "cli/publish.h"

#include "cli/output.h"
#include "report/series_report.h"
#include "report/text_report.h"
#include "series/commits.h"
#include "series/maintainer_tree.h"
#include "series/patch_file.h"
#include "series/write_series.h"
#include "spec/driver.h"
#include "spec/prefix.h"
#include "support/files.h"
#include "support/process.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace killify {
namespace {

// What the tree says on content that a program made.
constexpr const char* kGuideline = "Documentation/process/generated-content.rst";
constexpr std::size_t kVotes = 50;  // latest subjects that vote on a prefix

// The directory that a change is about: the one that all its files' drivers share.
std::string directory_of(const Change& change, const SeriesSpec& spec) {
  std::string common;
  for (const auto& file : change.files) {
    auto driver = driver_of(file.path, spec.commit.prefixes);
    if (common.empty()) common = driver;
    while (!common.empty() && driver != common && !driver.starts_with(common + "/")) {
      auto slash = common.rfind('/');
      common.resize(slash == std::string::npos ? 0 : slash);
    }
  }
  return common;
}

// Kconfig knows which configuration builds what was changed; a name from a list may build none of
// it. It knows nothing of a module, which any configuration builds. The mails are for sending only
// when that is done.
Result<std::string> next_steps(const GlobalOptions& global, const TreeOptions& tree,
                               const GenerateOptions& options, const Series& series) {
  KILLIFY_TRY(auto text, keep_cr_sentence(series.commits));
  if (!text.empty()) text = "note: " + text + '\n';
  std::vector<std::string> verify{"killify"};
  if (global.tree != GlobalOptions().tree) verify.insert(verify.end(), {"-C", global.tree});
  verify.emplace_back("verify");
  if (tree.modules.empty())
    verify.insert(verify.end(), {"--config", "auto"});
  else
    verify.insert(verify.end(), {"--module", tree.modules.front()});
  verify.push_back(options.output);
  return text + "next: " + shell_quoted(verify) + '\n';
}

// What makes the same patches again, for somebody else: with no directory of this machine.
std::string command_line(const Session& session, const TreeOptions& tree,
                         const GenerateOptions& options) {
  const auto name = [](const std::string& given) {
    return std::filesystem::path(given).filename().string();
  };
  const PatchOptions& patch = tree.patch;
  std::vector<std::string> words{"killify", "generate"};
  const auto add = [&](const std::string& option, const std::string& value) {
    if (!value.empty()) words.push_back(option + "=" + value);
  };
  add("--patch", name(patch.file));
  for (const auto& define : patch.defines) words.insert(words.end(), {"-D", define});
  add("--macro-file", name(patch.macro_file));
  add("--spflags", patch.spatch_options);
  if (patch.include_headers) words.emplace_back("--include-headers");
  add("--subject", patch.subject);
  add("--message", name(patch.template_file));
  if (tree.series != TreeOptions().series) add("--campaign", name(tree.series));
  add("--group", tree.group);
  if (tree.strategy != TreeOptions().strategy) add("--strategy", tree.strategy);
  if (tree.patches) add("--patches", std::to_string(*tree.patches));
  if (options.reroll != GenerateOptions().reroll)
    words.insert(words.end(), {"-v", std::to_string(options.reroll)});
  for (const auto& module : tree.modules) add("--module", name(module));
  words.insert(words.end(), {"-o", "DIR"});
  if (session.modules().empty())
    words.insert(words.end(), session.paths().begin(), session.paths().end());
  else
    words.insert(words.end(), tree.paths.begin(), tree.paths.end());
  return shell_quoted(words);
}

}  // namespace

Result<std::vector<std::string>> prefixes_of(const std::vector<Change>& changes,
                                             const Session& session) {
  KILLIFY_TRY(const Home home, session.home());
  std::vector<std::string> prefixes;
  for (const auto& change : changes) {
    // Functions that are added belong to the header that declares them, and those that take a state
    // to the driver that defines them, whose headers and implementers change along.
    const auto& group = change.step.group;
    const bool grouped = change.step.kind != StepKind::kConvert &&
                         std::ranges::any_of(change.files, [&](const FileChange& file) {
                           return file.path == group || file.path.starts_with(group + "/");
                         });
    std::vector<std::string> paths;
    for (const auto& file : change.files)
      if (!grouped || file.path == group || file.path.starts_with(group + "/"))
        paths.push_back(file.path.substr(home.place.size()));
    KILLIFY_TRY(auto history, home.repository->subjects_touching(paths, kVotes));
    prefixes.push_back(choose_prefix(history, session.spec().commit.prefixes,
                                     grouped ? group : directory_of(change, session.spec())));
  }
  return prefixes;
}

Result<Series> series_of(const Session& session, const std::string& name, const TreeOptions& tree,
                         const GenerateOptions& options, const Signature& identity) {
  KILLIFY_TRY(const Home home, session.home());
  Series series;
  series.name = name;
  series.base = home.base;
  series.kernel_version = session.kernel_version();
  if (!home.place.empty()) series.module = session.modules().front().top.filename().string();
  series.reroll = options.reroll;
  series.branch =
      options.branch.empty() ? fmt::format("killify/{}/v{}", name, options.reroll) : options.branch;
  series.identity = identity;
  series.prefixes = session.spec().commit.prefixes;
  series.command = command_line(session, tree, options);
  if (session.snapshot().find(kGuideline) != nullptr) series.guideline = kGuideline;
  return series;
}

Status publish(Series series, const GlobalOptions& global, const TreeOptions& tree,
               const GenerateOptions& options, Session& session, Workshop& workshop) {
  if (!options.verified.empty()) {
    KILLIFY_TRY(const auto text, read_file(options.verified));
    KILLIFY_TRY(const auto verified, read_verified(text, options.verified));
    std::vector<Oid> commits;
    for (const auto& commit : series.commits) commits.push_back(commit.oid);
    KILLIFY_TRY(series.verified, verified_sentence(verified, commits, options.verified));
  }
  if (session.modules().empty()) {
    KILLIFY_TRY(const auto maintainers,
                MaintainerTree::extract(session.repository(), session.snapshot(),
                                        session.cache() / "scratch"));
    KILLIFY_TRY(auto addressed, address_commits(maintainers.path(), series.commits, global.jobs));
    series.cover_recipients = std::move(addressed.covers);
    for (const auto& warning : addressed.warnings) session.progress().note("warning: " + warning);
  } else {
    session.progress().note(
        "note: the kernel's MAINTAINERS does not know the module; give the mails their recipients");
  }
  KILLIFY_CHECK(workshop.publish(series.branch, series.commits.back().oid));
  KILLIFY_TRY(const auto files, write_series(series, options.output));
  KILLIFY_TRY(const auto next, next_steps(global, tree, options, series));
  return show(series_text(series, options.output, files) + next);
}

}  // namespace killify
