#include "report/audited_tree.h"

#include "spec/driver.h"
#include "support/text.h"

namespace killify {

Status keep_handler(Audit& audit, const std::string& handler) {
  std::vector<std::string> names;
  for (const auto& one : audit.handlers) names.push_back(one.function);
  std::erase_if(audit.handlers, [&](const Handler& one) { return one.function != handler; });
  std::erase_if(audit.findings,
                [&](const Finding& one) { return one.handler.function != handler; });
  if (audit.handlers.empty())
    return fail("{}: no fault handler of that name{}; killify audit --all lists them", handler,
                did_you_mean(handler, names));
  return {};
}

std::string driver_of_handler(const AuditedTree& tree, const Handler& handler) {
  return driver_of(handler.file, tree.prefixes);
}

}  // namespace killify
