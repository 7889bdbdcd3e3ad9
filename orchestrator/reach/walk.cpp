#include "reach/walk.h"

#include "reach/frame.h"
#include "reach/ways.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <tuple>

namespace killify {
namespace {

// More functions than this behind one field, and a person has to say which can be meant.
constexpr std::size_t kMaxCandidates = 8;
// Sets of argument values that a function is looked at with; beyond them nothing is known of them.
constexpr std::size_t kMaxEnvironments = 24;
constexpr int kMaxSettingDepth = 3;
// Ways into a function that are remembered.
constexpr std::size_t kMaxWays = 64;

void add_words(std::string_view text, std::set<std::string>& words) {
  for (const auto& token : tokens_of(text))
    if (token.kind == Token::Kind::kWord) words.emplace(token.text);
}

// The names behind "->" and ".".
void add_members(std::string_view text, std::set<std::string>& members) {
  auto tokens = tokens_of(text);
  for (std::size_t i = 1; i < tokens.size(); ++i)
    if (tokens[i].kind == Token::Kind::kWord &&
        (tokens[i - 1].text == ">" || tokens[i - 1].text == "."))
      members.emplace(tokens[i].text);
}

std::string key_of(NodeId node, const Environment& environment) {
  auto key = std::to_string(node);
  for (const auto& [name, value] : environment) key += ";" + name + "=" + text_of(value);
  return key;
}

}  // namespace

class HandlerWalk {
  struct Hit {
    WalkPlace place;
    SleepCondition condition;
  };

 public:
  HandlerWalk(Walker& walker, const std::set<std::string>& drivers, const Relevant& relevant,
              const std::vector<ObjectKind>& kinds)
      : walker_(walker), drivers_(drivers), relevant_(relevant), kinds_(kinds) {}

  Result<std::vector<Reached>> run(NodeId handler, const Environment& given) {
    for (auto id : ordered_nodes()) {
      KILLIFY_TRY(const auto* body, body_of(id));
      for (const auto& call : body->calls) {
        for (const auto& guard : call.guards) add_members(guard.condition, members_);
        if (walker_.sinks_.contains(call.callee))
          for (const auto& argument : call.arguments) add_members(argument, members_);
      }
    }
    for (const auto& [name, sink] : walker_.sinks_)
      if (sink->condition.kind == SinkCondition::Kind::kContextField)
        members_.insert(sink->condition.name);
    add_state({.node = handler, .environment = given, .ways = {}, .doubt = {}});
    while (!queue_.empty()) {
      auto index = queue_.top().second;
      queue_.pop();
      if (done_.insert(index).second) KILLIFY_CHECK(expand(index));
    }
    return gather();
  }

 private:
  std::vector<NodeId> ordered_nodes() const {
    std::vector<NodeId> nodes(relevant_.nodes.begin(), relevant_.nodes.end());
    std::sort(nodes.begin(), nodes.end());
    return nodes;
  }

  Result<const Body*> body_of(NodeId id) {
    auto node = walker_.names_[id];
    return walker_.bodies_.of(id, node);
  }

  // --- what a call can reach -----------------------------------------------------------------

  Status through_field(const CallFact& call, const Node& caller, const Body& body, WalkStep& step) {
    KILLIFY_TRY(auto targets, behind_field(call, caller, body));
    step.targets.assign(targets.begin(), targets.end());
    step.edge = "field";
    KILLIFY_TRY(auto in, walker_.types_.struct_of(call.base, body.types, caller.file));
    if (walker_.pointers_.holds_handler(in, call.callee)) return {};
    if (in.empty() && !targets.empty())
      step.doubt = fmt::format("what is behind {}->{}() in {}() is known by its name only ({}:{})",
                               plain_expression(call.base), call.callee, caller.name, caller.file,
                               call.line);
    if (targets.size() > kMaxCandidates)
      step.doubt = fmt::format("{} functions may be behind {}->{}() in {}() ({}:{})",
                               targets.size(), plain_expression(call.base), call.callee,
                               caller.name, caller.file, call.line);
    return {};
  }

  // The functions that the field of a call, or of an expression like one, can hold.
  Result<std::set<NodeId>> behind_field(const CallFact& call, const Node& caller,
                                        const Body& body) {
    std::set<NodeId> targets;
    KILLIFY_TRY(auto in, walker_.types_.struct_of(call.base, body.types, caller.file));
    if (walker_.pointers_.holds_handler(in, call.callee)) {
      KILLIFY_TRY(auto pointed,
                  walker_.pointers_.behind(call.base, call.callee, caller, call.line));
      for (auto id : pointed.functions)
        if (relevant_.nodes.contains(id)) targets.insert(id);
      return targets;
    }
    KILLIFY_TRY(auto found, walker_.names_.bound_to(call.callee, in, caller.file, drivers_));
    for (const auto& target : found)
      if (relevant_.nodes.contains(target.node)) targets.insert(target.node);
    return targets;
  }

  // The functions that an argument can point at.
  Value functions_of(const Body& body, const Node& caller, const std::string& expression) {
    std::set<NodeId> targets;
    if (auto name = single_name(expression); !name.empty()) {
      auto nodes = walker_.names_.resolve(name, caller.file);
      if (nodes)
        for (auto id : *nodes)
          if (relevant_.nodes.contains(id)) targets.insert(id);
    } else if (auto tokens = tokens_of(expression);
               tokens.size() > 2 && tokens.back().kind == Token::Kind::kWord &&
               (tokens[tokens.size() - 2].text == ">" || tokens[tokens.size() - 2].text == ".")) {
      auto length = static_cast<std::size_t>(tokens.back().text.data() - tokens[0].text.data());
      std::string base(tokens[0].text.data(), length);
      while (!base.empty() &&
             (base.back() == ' ' || base.back() == '>' || base.back() == '-' || base.back() == '.'))
        base.pop_back();
      CallFact call{.function = body.name,
                    .callee = std::string(tokens.back().text),
                    .base = base,
                    .arguments = {},
                    .line = 0,
                    .guards = {}};
      if (auto found = behind_field(call, caller, body)) targets = *found;
    }
    if (targets.empty()) return Value::unknown();
    std::set<std::string> names;
    for (auto id : targets) names.insert(walker_.names_[id].name);
    return Value::of({targets.begin(), targets.end()}, fmt::format("{}", fmt::join(names, " or ")));
  }

  Result<const std::vector<WalkStep>*> steps_of(NodeId id) {
    if (auto it = steps_.find(id); it != steps_.end()) return &it->second;
    auto caller = walker_.names_[id];
    KILLIFY_TRY(const auto* body, body_of(id));
    std::vector<WalkStep> steps;
    auto& used = used_[id];
    for (const auto& call : body->calls) {
      WalkStep step{.call = &call, .targets = {}, .doubt = {}};
      if (!call.base.empty()) {
        KILLIFY_CHECK(through_field(call, caller, *body, step));
      } else if (auto sink = walker_.sinks_.find(call.callee); sink != walker_.sinks_.end()) {
        step.sink = sink->second;
      } else if (body->has_parameter(call.callee) || body->variables.contains(call.callee)) {
        step.by_variable = !caller.is_macro;
        step.edge = "field";
        used.insert(call.callee);
      } else {
        KILLIFY_TRY(bool stops,
                    is_boundary(walker_.boundaries_, walker_.facts_, call.callee, caller.file));
        if (stops) continue;
        KILLIFY_TRY(auto nodes, walker_.names_.resolve(call.callee, caller.file));
        for (auto node : nodes) {
          if (node == id || !relevant_.nodes.contains(node)) continue;
          step.targets.push_back(node);
          if (walker_.names_[node].is_macro) step.edge = "macro";
        }
      }
      if (step.sink == nullptr && step.targets.empty() && !step.by_variable) continue;
      add_words(call.base, used);
      if (!body->parsed)
        step.doubt = fmt::format("spatch cannot parse {}(): look at {}:{}", caller.name,
                                 caller.file, call.line);
      else if (step.doubt.empty())
        step.doubt = walker_.doubt_of_guards(call, caller.file);
      for (const auto& argument : call.arguments) add_words(argument, used);
      for (const auto& guard : call.guards) add_words(guard.condition, used);
      steps.push_back(std::move(step));
    }
    for (const auto& call : body->lost)
      KILLIFY_CHECK(add_untold(call, caller, id,
                               fmt::format("spatch cannot parse {}(): look at {}:{}", caller.name,
                                           caller.file, call.line),
                               steps));
    for (const auto& call : body->loops)
      KILLIFY_CHECK(
          add_untold(call, caller, id,
                     fmt::format("when {}() comes to the loop of {}() is not known ({}:{})",
                                 caller.name, call.callee, caller.file, call.line),
                     steps));
    close(*body, used);
    return &(steps_[id] = std::move(steps));
  }

  // A call of which only the tokens tell.
  Status add_untold(const CallFact& call, const Node& caller, NodeId id, std::string doubt,
                    std::vector<WalkStep>& steps) {
    WalkStep step{.call = &call, .targets = {}, .doubt = std::move(doubt)};
    if (auto sink = walker_.sinks_.find(call.callee); sink != walker_.sinks_.end()) {
      step.sink = sink->second;
    } else {
      KILLIFY_TRY(bool stops,
                  is_boundary(walker_.boundaries_, walker_.facts_, call.callee, caller.file));
      if (stops) return {};
      KILLIFY_TRY(auto nodes, walker_.names_.resolve(call.callee, caller.file));
      for (auto node : nodes)
        if (node != id && relevant_.nodes.contains(node)) step.targets.push_back(node);
      if (step.targets.empty()) return {};
    }
    steps.push_back(std::move(step));
    return {};
  }

  // Adds what the values of used variables are made of.
  static void close(const Body& body, std::set<std::string>& used) {
    for (bool grown = true; grown;) {
      auto before = used.size();
      auto now = used;
      for (const auto& name : now) {
        if (auto it = body.values.find(name); it != body.values.end())
          for (const auto& value : it->second) add_words(value, used);
        if (auto it = body.fields.find(name); it != body.fields.end())
          for (const auto& [field, targets] : it->second)
            for (const auto& target : targets) add_words(target, used);
      }
      grown = used.size() > before;
    }
  }

  // --- what functions put into an object that they are given ---------------------------------

  // What the calls in a frame put into the fields of its local `variable`.
  std::map<std::string, Value> set_by_calls(const Frame& frame, const std::string& variable,
                                            const std::string& file, int depth) {
    std::map<std::string, Value> set;
    for (const auto& call : frame.body().calls) {
      if (!call.base.empty()) continue;
      for (std::size_t i = 0; i < call.arguments.size(); ++i) {
        const auto& argument = call.arguments[i];
        bool passed = depth == 0 ? argument.starts_with("&") && single_name(argument) == variable
                                 : single_name(argument) == variable;
        if (!passed) continue;
        for (auto& [field, value] : set_by(frame, call, i, file, depth)) {
          auto [it, added] = set.try_emplace(field, value);
          if (!added) it->second = join(it->second, value);
        }
      }
    }
    return set;
  }

  std::map<std::string, Value> set_by(const Frame& frame, const CallFact& call, std::size_t at,
                                      const std::string& file, int depth) {
    std::map<std::string, Value> set;
    if (walker_.sinks_.contains(call.callee) || depth >= kMaxSettingDepth) return set;
    auto nodes = walker_.names_.resolve(call.callee, file);
    if (!nodes) return set;
    for (auto id : *nodes) {
      auto node = walker_.names_[id];
      auto body = readable_body(id, node);
      if (body == nullptr || at >= body->parameters.size()) continue;
      const auto& parameter = body->parameters[at].name;
      std::set<std::string> all;
      for (const auto& one : body->parameters) all.insert(one.name);
      auto environment = frame.environment_of(*body, call.arguments, all);
      environment.erase(parameter);
      Frame inside(*body, environment, {}, returned(node.file, *body), {}, {}, number(node.file));
      if (auto it = body->fields.find(parameter); it != body->fields.end()) {
        for (const auto& [field, targets] : it->second) {
          if (!members_.contains(field)) continue;
          std::vector<Value> values;
          for (const auto& target : targets) values.push_back(inside.evaluate(target));
          // Counters and pointers change afterwards; what says how to wait does not.
          auto flag = walker_.types_.is_flag(parameter_struct(*body, at), field, node.file);
          if (!flag || (!*flag && !std::all_of(values.begin(), values.end(), is_task_state)))
            continue;
          for (const auto& value : values) {
            auto [one, added] = set.try_emplace(field, value);
            if (!added) one->second = join(one->second, value);
          }
        }
      }
      for (auto& [field, value] :
           set_by_calls(inside, parameter, node.file, depth + (node.is_macro ? 1 : 2))) {
        auto [one, added] = set.try_emplace(field, value);
        if (!added) one->second = join(one->second, value);
      }
    }
    return set;
  }

  static std::string parameter_struct(const Body& body, std::size_t at) {
    auto type = body.types.find(body.parameters[at].name);
    return type == body.types.end() ? std::string() : type->second;
  }

  // A body that needs no further parse.
  const Body* readable_body(NodeId id, const Node& node) {
    if (!node.is_macro && !walker_.facts_.has_part(node.file, node.name)) return nullptr;
    auto body = walker_.bodies_.of(id, node);
    return body ? *body : nullptr;
  }

  Frame::Returned returned(const std::string& file, const Body& body) {
    return [this, file, &body](std::string_view callee) {
      std::string name(callee);
      if (walker_.is_fault_aware(name, file)) return Value::bits({"the fault's flags"});
      if (auto worth = walker_.worth_of_macro(name, file); worth.known()) return worth;
      auto made = walker_.made_.of(name, body, file, members_);
      return made ? *made : Value::unknown();
    };
  }

  Frame::Number number(const std::string& file) {
    return [this, file](const std::string& name) { return walker_.number_of(name, file); };
  }

  // --- the walk ------------------------------------------------------------------------------

  // The better way first: certain before doubtful, short enough to be certain before longer. Of
  // those, direct before through a field, then short; of longer ones the shortest.
  using Cost = std::tuple<bool, bool, unsigned, unsigned>;
  static Cost cost(const WalkState& state) {
    const bool far = state.length >= kMaxCertainChain;
    return {!state.doubt.empty(), far, far ? state.length : state.fields,
            far ? state.fields : state.length};
  }

  // A state of its own is kept for a shorter way that is doubtful: the better way may be too long
  // to come to what is further on.
  void add_state(WalkState state, bool shorter = false) {
    if (state.length >= kMaxChain) return;
    const auto key = key_of(state.node, state.environment) + (shorter ? " shorter" : "");
    if (auto it = index_.find(key); it != index_.end()) {
      if (it->second == 0) return;  // every chain begins at the handler
      auto& there = states_[it->second];
      const bool certain = there.doubt.empty();
      if (certain && !state.doubt.empty() && state.length < there.length) {
        add_state(std::move(state), true);
        return;
      }
      // A later way may be the better one: a longer chain of direct calls.
      const bool better = cost(state) < cost(there);
      auto before = there;
      if (better || there.ways.size() < kMaxWays)
        there.ways.insert(better ? there.ways.begin() : there.ways.end(), state.ways.begin(),
                          state.ways.end());
      if (!better) return;
      there.fields = state.fields;
      there.length = state.length;
      there.open = state.open;
      there.doubt = state.doubt;
      queue_.emplace(cost(there), it->second);
      if (!certain && there.doubt.empty() && before.length < there.length)
        add_state(std::move(before), true);
      return;
    }
    auto& count = environments_[state.node];
    if (count >= kMaxEnvironments && !state.environment.empty() && !shorter) {
      state.environment.clear();
      add_state(std::move(state));
      return;
    }
    if (!shorter) ++count;
    index_[key] = states_.size();
    queue_.emplace(cost(state), states_.size());
    states_.push_back(std::move(state));
  }

  Frame frame_of(const WalkState& state, const Body& body) {
    auto file = walker_.names_[state.node].file;
    return {body,
            state.environment,
            [this, file](const Frame& frame, const std::string& variable) {
              return set_by_calls(frame, variable, file, 0);
            },
            returned(file, body),
            [this, node = walker_.names_[state.node]](const Frame& frame,
                                                      const std::string& expression) {
              return functions_of(frame.body(), node, expression);
            },
            [this, file](std::string_view name) {
              auto value = walker_.tables_.at(std::string(name), file);
              return value ? *value : Value::unknown();
            },
            number(file)};
  }

  Status expand(std::size_t index) {
    auto node = states_[index].node;
    KILLIFY_TRY(const auto* steps, steps_of(node));
    KILLIFY_TRY(const auto* body, body_of(node));
    auto state = states_[index];  // a copy: adding states moves them
    auto frame = frame_of(state, *body);
    for (std::size_t i = 0; i < steps->size(); ++i) {
      const auto& step = (*steps)[i];
      if (!frame.can_come_to(*step.call)) continue;
      if (step.sink != nullptr) {
        auto condition = condition_of(*step.sink, step.call->arguments, frame.scope());
        if (condition.holds == Truth::kFalse && condition.by_constants) continue;
        hits_[{walker_.names_[node].file, step.call->line, step.sink->name}].push_back(
            {{index, i}, condition});
        continue;
      }
      auto targets = step.targets;
      if (!step.call->base.empty())
        KILLIFY_CHECK(walker_.narrow(*step.call, frame, walker_.names_[node].file, drivers_, kinds_,
                                     targets));
      auto doubt = state.doubt.empty() ? step.doubt : state.doubt;
      if (step.by_variable) {
        auto value = frame.functions(step.call->callee);
        targets.assign(value.functions.begin(), value.functions.end());
        if (doubt.empty() && targets.size() > kMaxCandidates)
          doubt = fmt::format("{} functions may be behind {}() in {}() ({}:{})", targets.size(),
                              step.call->callee, body->name, walker_.names_[node].file,
                              step.call->line);
      }
      for (auto target : targets) {
        KILLIFY_CHECK(steps_of(target).map([](auto) {}));
        KILLIFY_TRY(const auto* callee, body_of(target));
        auto environment = frame.environment_of(*callee, step.call->arguments, used_[target]);
        bool field = step.edge == std::string_view("field");
        if (field && !step.call->base.empty())
          KILLIFY_CHECK(walker_.add_own_table(*step.call, *body, walker_.names_[node].file, target,
                                              *callee, drivers_, used_[target], environment));
        add_state({.node = target,
                   .environment = std::move(environment),
                   .ways = {{index, i}},
                   .fields = state.fields + (field ? 1 : 0),
                   .length = state.length + 1,
                   .open = state.open + frame.open_guards(*step.call),
                   .doubt = doubt});
      }
    }
    return {};
  }

  // --- the result ----------------------------------------------------------------------------

  static int rank(Truth truth) {
    return truth == Truth::kTrue ? 0 : truth == Truth::kUnknown ? 1 : 2;
  }

  Result<std::vector<Reached>> gather() {
    Ways ways(states_, steps_, walker_.names_);
    std::vector<WaysTo> all;
    for (auto& [place, hits] : hits_) {
      std::stable_sort(hits.begin(), hits.end(), [&](const Hit& a, const Hit& b) {
        const auto& one = states_[a.place.state];
        const auto& other = states_[b.place.state];
        return std::pair(rank(a.condition.holds), cost(one)) <
               std::pair(rank(b.condition.holds), cost(other));
      });
      std::vector<WalkPlace> good;  // as good as the best
      for (const auto& hit : hits)
        if (rank(hit.condition.holds) == rank(hits.front().condition.holds))
          good.push_back(hit.place);
      all.push_back(ways.to(std::move(good), hits.front().condition.holds == Truth::kTrue));
    }
    ways.cover(all);
    std::vector<Reached> found;
    auto to = all.begin();
    for (const auto& [place, hits] : hits_) {
      KILLIFY_TRY(auto reached, reached_by(hits.front(), *to++));
      found.push_back(std::move(reached));
    }
    return found;
  }

  Result<Reached> reached_by(const Hit& hit, const WaysTo& ways) {
    const auto& state = states_[hit.place.state];
    const auto& step = steps_[state.node][hit.place.step];
    const auto& node = walker_.names_[state.node];
    Reached reached{.sink = step.sink,
                    .holder = state.node,
                    .call = {},
                    .condition = hit.condition,
                    .open_guards = state.open,
                    .chain = {},
                    .other_chains = {},
                    .doubt = state.doubt};
    if (reached.doubt.empty()) reached.doubt = step.doubt;
    reached.call = {step.sink->name, node.name, node.file, step.call->line,
                    slept_on(*step.sink, step.call->arguments)};
    KILLIFY_TRY(reached.chain, hops_of(ways.best));
    for (const auto& places : ways.others) {
      KILLIFY_TRY(auto chain, hops_of(places));
      reached.other_chains.push_back(std::move(chain));
    }
    return reached;
  }

  Result<Hop> hop_at(std::size_t index, std::size_t at) {
    const auto& state = states_[index];
    const auto& step = steps_[state.node][at];
    const auto& node = walker_.names_[state.node];
    Hop hop{node.name, node.file, step.call->line, step.edge, {}, {}};
    if (step.by_variable) hop.through = step.call->callee;
    if (!step.call->base.empty())
      hop.through = plain_expression(step.call->base) + "->" + step.call->callee;
    KILLIFY_TRY(const auto* body, body_of(state.node));
    auto frame = frame_of(state, *body);
    std::set<std::string> words;
    for (const auto& argument : step.call->arguments) add_words(argument, words);
    for (const auto& guard : step.call->guards) add_words(guard.condition, words);
    for (const auto& word : words) {
      bool variable =
          body->types.contains(word) || body->values.contains(word) || body->has_parameter(word);
      if (!variable) continue;
      if (auto value = worth_telling(frame.variable(word)); value.known())
        hop.values.push_back(fmt::format("{} = {}", word, text_of(value)));
    }
    return hop;
  }

  Result<std::vector<Hop>> hops_of(const WalkPlaces& places) {
    std::vector<Hop> chain;
    for (const auto& place : places) {
      KILLIFY_TRY(auto hop, hop_at(place.state, place.step));
      chain.push_back(std::move(hop));
    }
    return chain;
  }

  using Rank = std::pair<Cost, std::size_t>;  // of a state

  Walker& walker_;
  const std::set<std::string> drivers_;
  const Relevant& relevant_;
  const std::vector<ObjectKind>& kinds_;
  std::set<std::string> members_;  // fields that conditions look at
  std::unordered_map<NodeId, std::vector<WalkStep>> steps_;
  std::unordered_map<NodeId, std::set<std::string>> used_;  // parameters that matter
  std::vector<WalkState> states_;
  std::map<std::string, std::size_t> index_;
  std::unordered_map<NodeId, std::size_t> environments_;
  std::set<std::size_t> done_;
  std::priority_queue<Rank, std::vector<Rank>, std::greater<>> queue_;
  std::map<std::tuple<std::string, int, std::string>, std::vector<Hit>> hits_;
};

Walker::Walker(TreeFacts& facts, Names& names, Types& types, Bodies& bodies, OpsPointers& pointers,
               Boundaries& boundaries, const Catalogue& catalogue)
    : facts_(facts),
      names_(names),
      types_(types),
      bodies_(bodies),
      pointers_(pointers),
      tables_(facts, names),
      made_(facts, names, types),
      boundaries_(boundaries) {
  for (const auto& sink : catalogue.sinks) sinks_.emplace(sink.name, &sink);
}

Result<std::vector<Reached>> Walker::walk(NodeId handler, const std::set<std::string>& drivers,
                                          const Relevant& relevant, const Environment& given,
                                          const std::vector<ObjectKind>& kinds) {
  return HandlerWalk(*this, drivers, relevant, kinds).run(handler, given);
}

}  // namespace killify
