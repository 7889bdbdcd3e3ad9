#include "reach/in_place.h"

#include <algorithm>

namespace killify {
namespace {

Result<bool> is_there(TreeFacts& facts, const CallInPlace& call) {
  KILLIFY_TRY(const auto files, facts.files_defining(call.function));
  for (const std::string& file : files) {
    KILLIFY_TRY(const auto* sketch, facts.sketch(file));
    if (makes_call(*sketch, call)) return true;
  }
  return false;
}

}  // namespace

bool makes_call(const Sketch& sketch, const CallInPlace& call) {
  const auto& functions = sketch.functions();
  return std::ranges::any_of(sketch.calls(), [&](const SketchCall& one) {
    return one.function >= 0 && one.callee == call.calls && !one.through_field &&
           functions[static_cast<std::size_t>(one.function)].name == call.function;
  });
}

Result<bool> is_in_place(TreeFacts& facts, const Strategy& strategy) {
  for (const CallInPlace& call : strategy.in_place) {
    KILLIFY_TRY(const bool there, is_there(facts, call));
    if (!there) return false;
  }
  return true;
}

Result<const Strategy*> strategy_in_place(TreeFacts& facts,
                                          const std::vector<Strategy>& strategies) {
  for (const Strategy& strategy : strategies) {
    KILLIFY_TRY(const bool there, is_in_place(facts, strategy));
    if (there) return &strategy;
  }
  return nullptr;
}

}  // namespace killify
