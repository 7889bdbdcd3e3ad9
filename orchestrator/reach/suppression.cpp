#include "reach/suppression.h"

#include <algorithm>

namespace killify {
namespace {

constexpr const char* kBlock = "sigprocmask";
const std::vector<std::string> kFill = {"siginitsetinv", "sigfillset"};

bool calls(const SourceFacts& facts, const std::string& function, const std::string& callee) {
  return std::any_of(facts.calls.begin(), facts.calls.end(), [&](const CallFact& call) {
    return call.function == function && call.callee == callee;
  });
}

}  // namespace

Result<std::set<std::string>> signal_blockers(TreeFacts& facts) {
  auto filling = facts.words().files_with_any(kFill);
  std::vector<const TreeEntry*> files;
  for (const auto* entry : facts.words().files_with(kBlock))
    if (std::find(filling.begin(), filling.end(), entry) != filling.end()) files.push_back(entry);
  KILLIFY_CHECK(facts.read_ahead(files, "Reading what blocks signals"));
  std::set<std::string> blockers;
  for (const auto* entry : files) {
    KILLIFY_TRY(const auto* source, facts.of(entry->path));
    for (const auto& function : source->functions) {
      bool fills = std::any_of(kFill.begin(), kFill.end(), [&](const std::string& fill) {
        return calls(*source, function.name, fill);
      });
      if (fills && calls(*source, function.name, kBlock)) blockers.insert(function.name);
    }
  }
  return blockers;
}

Result<std::string> blocked_by(TreeFacts& facts, const std::vector<Hop>& chain,
                               const std::set<std::string>& blockers) {
  for (const auto& hop : chain) {
    KILLIFY_TRY(const auto* source, facts.of(hop.file));
    for (const auto* call : source->calls_in(hop.function))
      if (call->line < hop.line && blockers.contains(call->callee)) return call->callee;
  }
  return std::string();
}

}  // namespace killify
