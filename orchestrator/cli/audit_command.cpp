#include "cli/commands.h"
#include "cli/output.h"
#include "cli/patch_commands.h"
#include "cli/session.h"
#include "report/audit_json.h"
#include "report/audit_text.h"
#include "report/handler_graph.h"
#include "report/sarif.h"
#include "support/files.h"
#include "support/resources.h"
#include "support/text.h"

#include <algorithm>
#include <filesystem>
#include <set>

namespace killify {
namespace {

namespace fs = std::filesystem;

// Findings that a person can take in.
constexpr std::size_t kFirstScreen = 10;

// A graph is of one handler; a tree has many.
Status check_one_handler(const AuditedTree& tree) {
  std::set<std::string> names;
  for (const auto& handler : tree.audit.handlers) names.insert(handler.function);
  if (names.size() == 1) return {};
  if (names.empty()) return fail("--format=dot: there is no {} to draw", tree.words.root);
  return fail("--format=dot: {}; name one with --handler, {} for example",
              counted(names.size(), tree.words.root), *names.begin());
}

Result<std::string> report_of(const AuditedTree& tree, Format format, const TextLayout& layout) {
  switch (format) {
    case Format::kText:
      return audit_text(tree, layout);
    case Format::kJson:
      return audit_json(tree);
    case Format::kSarif:
      return audit_sarif(tree, version());
    case Format::kDot:
      KILLIFY_CHECK(check_one_handler(tree));
      return handler_graph(tree.audit.handlers, tree.audit.findings);
    case Format::kJunit:  // of verify only
      break;
  }
  return std::string();
}

// Those in the file that was named, or in the one beside the series' where there is one.
Status waive(const std::string& named, Session& session, AuditedTree& tree) {
  const fs::path beside = session.spec().file.parent_path() / "waivers.yaml";
  std::error_code error;
  if (named.empty() && !fs::exists(beside, error)) return {};
  KILLIFY_TRY(const auto waivers, read_finding_waivers(named.empty() ? beside : fs::path(named)));
  std::vector<std::string> notes;
  tree.waived = waived_of(tree.audit.findings, waivers, notes);
  for (const auto& note : notes) session.progress().note("note: " + note);
  return {};
}

// The older audit is in a file, or made now of another commit.
Result<std::vector<KnownSleep>> older_sleeps(const std::string& older, const GlobalOptions& global,
                                             TreeOptions tree) {
  std::error_code error;
  if (fs::is_regular_file(older, error)) {
    KILLIFY_TRY(const auto text, read_file(older));
    return open_sleeps_in(text, older);
  }
  tree.revision = older;
  KILLIFY_TRY(auto session, Session::open(global, tree));
  KILLIFY_TRY(const auto before, session->audited_tree());
  return open_sleeps(before.audit.findings);
}

Result<Comparison> compared_with(const AuditOptions& options, const GlobalOptions& global,
                                 const TreeOptions& tree, const AuditedTree& now) {
  KILLIFY_TRY(auto before, older_sleeps(options.since, global, tree));
  if (!options.handler.empty())
    std::erase_if(before,
                  [&](const KnownSleep& sleep) { return sleep.handler != options.handler; });
  return compare(now.audit.findings, std::move(before), options.since);
}

}  // namespace

Result<Exit> audit_command(const GlobalOptions& global, const TreeOptions& tree,
                           const AuditOptions& options) {
  if (!tree.patch.file.empty()) return patch_audit(global, tree);
  KILLIFY_TRY(auto session, Session::open(global, tree));
  KILLIFY_TRY(auto audited, session->audited_tree());
  if (options.planned) {
    KILLIFY_TRY(audited.planned, session->planned());
  }
  KILLIFY_CHECK(waive(options.waivers, *session, audited));
  if (!options.handler.empty()) {
    // One that is not found may be where spatch gave no answer.
    if (auto kept = keep_handler(audited, options.handler); !kept) {
      KILLIFY_CHECK(session->end(Exit::kOk));
      return tl::unexpected<Error>(kept.error());
    }
  }

  if (!options.since.empty()) {
    KILLIFY_TRY(audited.since, compared_with(options, global, tree, audited));
  }
  const bool remains = std::ranges::any_of(audited.audit.findings, [&](const Finding& finding) {
    return options.fail_on.contains(finding.verdict) && !audited.waived.contains(finding.id);
  });
  if (!options.verdicts.empty())
    std::erase_if(audited.audit.findings, [&](const Finding& finding) {
      return !options.verdicts.contains(finding.verdict);
    });

  bool to_file = !options.output.empty();
  bool colours = colours_wanted(to_file && global.colour == ColourMode::kAuto ? ColourMode::kNever
                                                                              : global.colour);
  // Who asks for some of them, or for a file, gets all of these.
  const bool chosen = to_file || !options.verdicts.empty() || !options.handler.empty();
  const TextLayout layout{.paint = Paint(colours),
                          .width = to_file ? 0 : output_width(),
                          .settled = !options.verdicts.empty(),
                          .all = options.all,
                          .first = chosen ? 0 : kFirstScreen};
  KILLIFY_TRY(auto report, report_of(audited, tree.format, layout));
  KILLIFY_CHECK(to_file ? write_file_atomic(options.output, report)
                        : print_as(tree.format, report));
  return session->end(remains ? Exit::kFailed : Exit::kOk);
}

}  // namespace killify
