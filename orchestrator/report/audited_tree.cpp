#include "report/audited_tree.h"

#include "spec/driver.h"
#include "support/text.h"

#include <map>
#include <utility>

namespace killify {
namespace {

// Leaves the calls that these handlers can come to; by the handler's old index the new one.
void keep_unresolved(const std::map<std::size_t, std::size_t>& kept,
                     std::vector<UnresolvedCall>& unresolved) {
  for (auto& call : unresolved)
    for (const auto handler : std::exchange(call.handlers, {}))
      if (auto it = kept.find(handler); it != kept.end()) call.handlers.push_back(it->second);
  std::erase_if(unresolved, [](const UnresolvedCall& call) { return call.handlers.empty(); });
}

}  // namespace

Status keep_handler(AuditedTree& tree, const std::string& handler) {
  Audit& audit = tree.audit;
  std::vector<std::string> names;
  std::map<std::size_t, std::size_t> kept;
  for (std::size_t i = 0; i < audit.handlers.size(); ++i) {
    names.push_back(audit.handlers[i].function);
    if (names.back() == handler) kept.emplace(i, kept.size());
  }
  keep_unresolved(kept, audit.coverage.unresolved);
  std::erase_if(audit.handlers, [&](const Handler& one) { return one.function != handler; });
  std::erase_if(audit.findings,
                [&](const Finding& one) { return one.handler.function != handler; });
  std::erase_if(audit.notes, [&](const Note& one) { return one.handler.function != handler; });
  if (audit.handlers.empty())
    return fail("{}: no {} of that name{}; killify audit --all lists them", handler,
                tree.words.root, did_you_mean(handler, names));
  return {};
}

std::string driver_of_handler(const AuditedTree& tree, const Handler& handler) {
  return driver_of(handler.file, tree.prefixes);
}

}  // namespace killify
