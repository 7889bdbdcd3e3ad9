#include "cli/commands.h"
#include "cli/output.h"
#include "cli/session.h"
#include "report/audit_json.h"
#include "report/audit_text.h"
#include "report/handler_graph.h"
#include "report/sarif.h"
#include "support/files.h"
#include "support/resources.h"
#include "support/text.h"

#include <algorithm>
#include <set>

namespace killify {
namespace {

// A graph is of one handler; a tree has many.
Status check_one_handler(const Audit& audit) {
  std::set<std::string> names;
  for (const auto& handler : audit.handlers) names.insert(handler.function);
  if (names.size() == 1) return {};
  if (names.empty()) return fail("--format=dot: there is no fault handler to draw");
  return fail("--format=dot: {} fault handlers; name one with --handler, {} for example",
              names.size(), *names.begin());
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
      KILLIFY_CHECK(check_one_handler(tree.audit));
      return handler_graph(tree.audit.handlers, tree.audit.findings);
    case Format::kJunit:  // of verify only
      break;
  }
  return std::string();
}

}  // namespace

Result<Exit> audit_command(const GlobalOptions& global, const TreeOptions& tree,
                           const AuditOptions& options) {
  KILLIFY_TRY(auto session, Session::open(global, tree));
  KILLIFY_TRY(auto audited, session->audited_tree());
  if (options.planned) {
    KILLIFY_TRY(audited.planned, session->planned());
  }
  if (!options.handler.empty()) {
    // One that is not found may be where spatch gave no answer.
    if (auto kept = keep_handler(audited.audit, options.handler); !kept) {
      KILLIFY_CHECK(session->end(Exit::kOk));
      return tl::unexpected<Error>(kept.error());
    }
  }

  bool to_file = !options.output.empty();
  bool colours = colours_wanted(to_file && global.colour == ColourMode::kAuto ? ColourMode::kNever
                                                                              : global.colour);
  const TextLayout layout{Paint(colours), to_file ? 0 : output_width(), options.all};
  KILLIFY_TRY(auto report, report_of(audited, tree.format, layout));
  KILLIFY_CHECK(to_file ? write_file_atomic(options.output, report) : print(report));
  const auto& findings = audited.audit.findings;
  bool remains = std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
    return options.fail_on.contains(finding.verdict);
  });
  return session->end(remains ? Exit::kFailed : Exit::kOk);
}

}  // namespace killify
