#include "reach/error_walk.h"

#include "reach/fault_result.h"

#include <algorithm>
#include <optional>

namespace killify {

// The ways of one path, as far as they are followed.
struct ErrorWalk::Way {
  const SleepPath& path;
  ErrorWays found;
  std::set<std::tuple<std::size_t, FlowValue, bool, bool>> followed;
};

Result<ErrorWays> ErrorWalk::ways(const SleepPath& path) {
  Way way{path, {}, {}};
  KILLIFY_CHECK(follow(way, path.chain.size() - 1,
                       {.callee = path.sleep,
                        .through = {},
                        .value = FlowValue::of(path.error.empty() ? "true" : path.error)}));
  return std::move(way.found);
}

Status ErrorWalk::follow(Way& way, std::size_t hop, const FailingCall& call) {
  if (!way.followed.emplace(hop, call.value, call.ignored, call.mmap_lock_dropped).second)
    return {};
  const auto& here = way.path.chain[hop];
  KILLIFY_TRY(const auto* flows, this->flows(here));
  FlowEnds ends;
  std::optional<Error> failure;
  const ReturnsOf returns_of = [&](const std::string& function,
                                   const std::vector<FlowValue>& arguments) {
    auto found = returned(function, arguments, here.file);
    if (found) return *found;
    failure = found.error();
    return std::set<FlowValue>();
  };
  for (const auto& flow : *flows)
    for (const auto place : calls_in(*flow, call))
      if (here.line == 0 || flow->tokens[place].line == here.line)
        ends.merge(ends_behind(*flow, place, call, pending_, returns_of));
  if (failure) return tl::unexpected(*failure);
  // The call is written in some other way, or spans lines.
  if (ends.empty()) ends.insert({.kind = FlowEnd::Kind::kUnclear, .value = {}});
  for (auto end : ends) {
    // Of a value that is not known nobody can say that it is why the call is made again.
    if (end.kind == FlowEnd::Kind::kRepeats && !call.value.is_known() && !call.ignored)
      end.kind = FlowEnd::Kind::kUnclear;
    if (end.kind == FlowEnd::Kind::kRepeats) way.found.repeats.insert(hop);
    if (end.kind != FlowEnd::Kind::kReturns || hop == 0) {
      way.found.ends.insert(std::move(end));
      continue;
    }
    // A helper that reports success lets its caller go on as if nothing had happened.
    const bool ignored = end.ignored || end.value.text == "0";
    const auto& up = way.path.chain[hop - 1];
    KILLIFY_CHECK(follow(way, hop - 1,
                         {.callee = here.function,
                          .through = up.edge == "field" ? up.through : std::string(),
                          .value = end.value,
                          .ignored = ignored,
                          .mmap_lock_dropped = end.mmap_lock_dropped}));
  }
  return {};
}

Result<const std::vector<std::unique_ptr<const Flow>>*> ErrorWalk::flows(const Hop& hop) {
  const auto [it, added] = flows_.try_emplace({hop.file, hop.function, hop.line});
  if (!added) return &it->second;
  KILLIFY_TRY(const auto* file, sketch_(hop.file));
  std::optional<Error> failure;
  const FindMacro macros = [&](std::string_view name) -> const MacroDefinition* {
    auto found = macro_(name, hop.file);
    if (found) return *found;
    failure = found.error();
    return nullptr;
  };
  it->second = flows_of(*file, hop.function, hop.line, macros);
  if (failure) return tl::unexpected(*failure);
  return &it->second;
}

Result<std::set<FlowValue>> ErrorWalk::returned(const std::string& function,
                                                const std::vector<FlowValue>& arguments,
                                                const std::string& path) {
  std::set<FlowValue> values;
  KILLIFY_TRY(const auto file, locate_(function, path));
  if (file.empty()) return values;
  KILLIFY_TRY(const auto* flows, this->flows({function, file, 0, "direct", {}, {}}));
  for (const auto& flow : *flows) {
    auto found = results_of(*flow, arguments);
    if (found.empty()) return std::set<FlowValue>();
    values.merge(found);
  }
  return values;
}

std::vector<SignalExit> exits_of(const FlowEnds& ends) {
  std::vector<SignalExit> exits;
  for (const auto& end : ends) {
    SignalExit exit{
        .returns = "ignored", .mmap_lock_dropped = end.mmap_lock_dropped, .translator = {}};
    if (end.kind == FlowEnd::Kind::kRepeats)
      exit.loops = true;
    else if (end.kind == FlowEnd::Kind::kUnclear || (!end.ignored && end.value.text.empty()))
      return {{.returns = "unknown", .translator = {}}};
    else if (!end.ignored)
      exit.returns = end.value.text;
    exits.push_back(std::move(exit));
  }
  return exits;
}

bool ends_fault(const FlowEnds& ends, bool retry_succeeds) {
  return !ends.empty() && std::ranges::all_of(ends, [&](const FlowEnd& end) {
    if (end.kind != FlowEnd::Kind::kReturns) return false;
    if (end.ignored || is_fault_error(end.value.text)) return true;
    return end.value.text == kRetryFault && end.mmap_lock_dropped && !retry_succeeds;
  });
}

}  // namespace killify
