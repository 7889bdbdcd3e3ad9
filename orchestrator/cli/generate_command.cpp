#include "cli/commands.h"
#include "cli/output.h"
#include "cli/session.h"
#include "plan/grouping.h"
#include "prove/proof.h"
#include "report/text_report.h"
#include "series/commits.h"
#include "series/maintainer_tree.h"
#include "series/message.h"
#include "series/patch_file.h"
#include "series/write_series.h"
#include "spec/driver.h"
#include "spec/prefix.h"
#include "support/files.h"
#include "support/process.h"
#include "support/resources.h"
#include "support/text.h"
#include "tree/workshop.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace killify {
namespace {

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

Result<std::vector<std::string>> prefixes_of(const std::vector<Change>& changes,
                                             const Session& session) {
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
        paths.push_back(file.path);
    KILLIFY_TRY(auto history, session.repository().subjects_touching(paths, kVotes));
    prefixes.push_back(choose_prefix(history, session.spec().commit.prefixes,
                                     grouped ? group : directory_of(change, session.spec())));
  }
  return prefixes;
}

// With what they include.
Result<std::vector<SemanticPatchUsed>> patches_used(const std::vector<SeriesCommit>& commits,
                                                    Coccinelle& coccinelle) {
  std::map<std::string, std::string> digests;  // by path
  for (const auto& commit : commits) {
    for (const auto& name : commit.change.semantic_patches) {
      KILLIFY_TRY(auto patch, coccinelle.patch(name));
      digests[patch.name] = patch.sha256;
      digests.insert(patch.includes.begin(), patch.includes.end());
    }
  }
  std::vector<SemanticPatchUsed> used;
  used.reserve(digests.size());
  for (const auto& [path, digest] : digests) used.push_back({path, digest});
  return used;
}

Result<Proof> proof_in(const std::string& file) {
  KILLIFY_TRY(const auto text, read_file(file));
  KILLIFY_TRY(auto proof, read_proof(text, file));
  if (!proof.series)
    return fail("{}: is a proof of shapes; killify prove --series makes one", file);
  if (proof.verdict() == ProofVerdict::kRefuted)
    return fail("{}: refutes the series; killify report DIR --proof {} shows what fails", file,
                file);
  return proof;
}

// Refuses a proof of anything but this: it would be believed.
Status check_proof(const Proof& proof, const std::string& file, const Oid& base, const Oid& tip) {
  for (const auto& [role, tree] : {std::pair("before", base), std::pair("after", tip)})
    for (const auto& kernel : proof.kernels)
      if (kernel.role == role && kernel.tree != tree)
        return fail(
            "{}: proves another series: its tree {} the series is {}, here it is {}; run "
            "killify prove --series again",
            file, role, kernel.tree.substr(0, 12), tree.substr(0, 12));
  return {};
}

// Kconfig knows which configuration builds what was changed; a name from a list may build none of
// it. The mails are for sending only when that is done.
Result<std::string> next_steps(const GlobalOptions& global, const GenerateOptions& options,
                               const Series& series) {
  KILLIFY_TRY(auto text, keep_cr_sentence(series.commits));
  if (!text.empty()) text = "note: " + text + '\n';
  std::vector<std::string> verify{"killify"};
  if (global.tree != GlobalOptions().tree) verify.insert(verify.end(), {"-C", global.tree});
  verify.insert(verify.end(), {"verify", "--config", "auto", options.output});
  return text + "next: " + shell_quoted(verify) + '\n';
}

}  // namespace

Result<Exit> generate_command(const GlobalOptions& global, const TreeOptions& tree,
                              const GenerateOptions& options) {
  // What can be refused is refused before the work.
  KILLIFY_CHECK(check_output_directory(options.output));
  std::string changelog;
  if (!options.changelog.empty()) {
    KILLIFY_TRY(changelog, read_file(options.changelog));
  }
  std::optional<Proof> proof;
  if (!options.proof.empty()) {
    KILLIFY_TRY(proof, proof_in(options.proof));
  }
  KILLIFY_TRY(auto session, Session::open(global, tree));
  KILLIFY_TRY(auto identity, session->repository().identity());

  KILLIFY_TRY(auto changes, session->changes());
  if (changes.changes.empty()) {
    session->progress().note(left_out_summary(changes.left_out));
    KILLIFY_CHECK(session->end(Exit::kOk));
    return fail("nothing to convert in {}; `killify plan` says what was left out, and why",
                tree.paths.empty() ? "the tree" : join(tree.paths, " "));
  }
  KILLIFY_TRY(auto prefixes, prefixes_of(changes.changes, *session));
  KILLIFY_TRY(auto messages,
              compose_messages(changes.changes, session->spec(), prefixes, identity));
  KILLIFY_TRY(auto workshop, Workshop::open(session->repository(), session->cache()));

  Series series;
  series.name = session->spec().name;
  series.title = session->spec().title;
  series.cover_template = session->spec().cover.template_file;
  series.base = session->base();
  series.kernel_version = session->kernel_version();
  series.reroll = options.reroll;
  series.branch = options.branch.empty() ? fmt::format("killify/{}/v{}", series.name, series.reroll)
                                         : options.branch;
  series.identity = identity;
  series.prefixes = session->spec().commit.prefixes;
  KILLIFY_TRY(auto* coccinelle, session->coccinelle());
  series.spatch_version = coccinelle->version();
  series.left_out = std::move(changes.left_out);
  series.unseen = std::move(changes.unseen);
  series.changelog = std::move(changelog);
  KILLIFY_TRY(series.commits, commit_series(workshop, series.base, std::move(changes.changes),
                                            std::move(messages), identity));
  if (proof) {
    KILLIFY_TRY(const auto tip, workshop.repository().commit(series.commits.back().oid));
    KILLIFY_CHECK(check_proof(*proof, options.proof, series.base.tree, tip.tree));
    series.proof = proof_paragraphs(*proof);
  }
  KILLIFY_TRY(series.semantic_patches, patches_used(series.commits, *coccinelle));
  KILLIFY_TRY(auto maintainers, MaintainerTree::extract(session->repository(), session->snapshot(),
                                                        session->cache() / "scratch"));
  KILLIFY_TRY(auto addressed, address_commits(maintainers.path(), series.commits, global.jobs));
  series.cover_recipients = std::move(addressed.covers);
  for (const auto& warning : addressed.warnings) session->progress().note("warning: " + warning);

  KILLIFY_CHECK(workshop.publish(series.branch, series.commits.back().oid));
  KILLIFY_TRY(auto files, write_series(series, options.output));
  KILLIFY_TRY(const auto next, next_steps(global, options, series));
  KILLIFY_CHECK(print(series_text(series, options.output, files) + next));
  return session->end(Exit::kOk);
}

}  // namespace killify
