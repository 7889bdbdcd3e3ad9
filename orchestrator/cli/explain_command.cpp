#include "cli/commands.h"
#include "cli/output.h"
#include "cli/session.h"
#include "report/explain.h"

#include <algorithm>
#include <functional>

namespace killify {

Result<Exit> explain_command(const GlobalOptions& global, const TreeOptions& tree,
                             const std::string& question, bool with_plan) {
  KILLIFY_TRY(auto session, Session::open(global, tree));
  KILLIFY_TRY(auto audited, session->audited_tree());
  auto found = find_explanation(audited, question);
  if (!found) {
    KILLIFY_CHECK(session->end(Exit::kOk));
    return tl::unexpected<Error>(found.error());
  }
  auto explanation = std::move(*found);
  // A question that nothing answers is no reason to plan, nor is one that leaves nothing to plan.
  if (with_plan && std::ranges::any_of(explanation.findings, std::not_fn(is_settled))) {
    KILLIFY_TRY(audited.planned, session->planned());
    KILLIFY_TRY(explanation, find_explanation(audited, question));
  }
  const auto read = [&](const std::string& path) -> Result<std::string> {
    const auto* entry = session->snapshot().find(path);
    if (entry == nullptr) return fail("{}: no such file in {}", path, session->base().oid);
    return session->tree().read_blob(entry->blob);
  };
  auto text =
      tree.format == Format::kJson
          ? explain_json(audited, explanation, read)
          : explain_text(explanation, read, Paint(colours_wanted(global.colour)), output_width());
  if (!text) return tl::unexpected<Error>(text.error());
  KILLIFY_CHECK(print_as(tree.format, *text));
  return session->end(Exit::kOk);
}

}  // namespace killify
