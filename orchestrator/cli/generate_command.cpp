#include "apply/user_patch.h"
#include "cli/commands.h"
#include "cli/patch_commands.h"
#include "cli/publish.h"
#include "cli/session.h"
#include "prove/proof.h"
#include "report/text_report.h"
#include "series/commits.h"
#include "series/figures.h"
#include "series/message.h"
#include "series/own_paths.h"
#include "series/strategy_changes.h"
#include "series/write_series.h"
#include "support/files.h"
#include "support/text.h"
#include "tree/workshop.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace killify {
namespace {

// With what they include.
Result<std::vector<SemanticPatchUsed>> patches_used(const std::vector<SeriesCommit>& commits,
                                                    Coccinelle& coccinelle) {
  std::map<std::string, std::string> digests;  // by path
  for (const auto& commit : commits) {
    for (const auto& name : commit.change.semantic_patches) {
      KILLIFY_TRY(auto patch, coccinelle.patch(name));
      const std::filesystem::path path = patch.name;  // absolute: of the campaign's folder
      digests[path.is_absolute() ? path.filename().string() : patch.name] = patch.sha256;
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

// Those of a strategy, which lie beside its file.
Result<std::vector<SemanticPatchUsed>> patches_of(const Strategy& strategy) {
  std::vector<SemanticPatchUsed> used;
  for (const auto& commit : strategy.commits) {
    KILLIFY_TRY(const auto patch, read_user_patch(commit.patch));
    used.push_back({patch.file.filename().string(), patch.sha256});
  }
  return used;
}

Result<std::vector<Message>> messages_of(const std::vector<Change>& changes, const Session& session,
                                         const Signature& identity) {
  if (session.strategy() != nullptr)
    return strategy_messages(changes, *session.strategy(), identity);
  KILLIFY_TRY(const auto prefixes, prefixes_of(changes, session));
  return compose_messages(changes, session.spec(), prefixes, identity);
}

// What a strategy's series is about.
std::string reached_sentence(const Figures& figures, const CampaignWords& words) {
  return fmt::format("{} reach {} where any signal ends it, and {} where that has to be looked at.",
                     counted(figures.handlers.whole, words.root, words.roots),
                     counted(figures.certain.whole, "sleep"),
                     counted(figures.open.whole, "more", "more"));
}

}  // namespace

Result<Exit> generate_command(const GlobalOptions& global, const TreeOptions& tree,
                              const GenerateOptions& options) {
  if (!tree.patch.file.empty()) return patch_generate(global, tree, options);
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
  KILLIFY_TRY(const Home home, session->home());
  KILLIFY_TRY(auto identity, home.repository->identity());

  KILLIFY_TRY(auto changes, session->changes());
  if (changes.changes.empty()) {
    session->progress().note(left_out_summary(changes.left_out));
    KILLIFY_CHECK(session->end(Exit::kOk));
    return fail("nothing to convert in {}; `killify plan` says what was left out, and why",
                tree.paths.empty() ? "the tree" : join(tree.paths, " "));
  }
  KILLIFY_TRY(auto messages, messages_of(changes.changes, *session, identity));
  name_own_paths(changes, messages, home.place);
  KILLIFY_TRY(auto workshop, Workshop::open(*home.repository, session->cache()));

  const auto* strategy = session->strategy();
  const auto& name = session->spec().name;
  KILLIFY_TRY(auto series,
              series_of(*session, strategy == nullptr ? name : name + '-' + strategy->name, tree,
                        options, identity));
  series.title = session->spec().title;
  series.root = session->spec().words.root;
  series.cover_template = session->spec().cover.template_file;
  if (strategy != nullptr) {
    series.title = strategy->title;
    series.cover_template = strategy->cover_template;
    KILLIFY_TRY(const auto figures, figures_of(changes, changes.audited, strategy));
    series.words = {{"reached", reached_sentence(figures, session->spec().words)}};
    for (const auto& change : changes.changes)
      for (const auto& remark : change.remarks) session->progress().note("look at " + remark);
  }
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
  KILLIFY_TRY(series.semantic_patches, strategy == nullptr
                                           ? patches_used(series.commits, *coccinelle)
                                           : patches_of(*strategy));
  KILLIFY_CHECK(publish(std::move(series), global, tree, options, *session, workshop));
  return session->end(Exit::kOk);
}

}  // namespace killify
