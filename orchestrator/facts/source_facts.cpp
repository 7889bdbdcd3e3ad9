#include "facts/source_facts.h"

#include <algorithm>
#include <set>

namespace killify {
namespace {

using nlohmann::json;

std::string text_of(const json& fact, const char* key) {
  return fact.value(key, std::string());
}

std::vector<std::string> texts_of(const json& fact, const char* key) {
  auto it = fact.find(key);
  if (it == fact.end() || !it->is_array()) return {};
  return it->get<std::vector<std::string>>();
}

// A function, as (name, line): `#if` branches may define one name twice.
using Definition = std::pair<std::string, int>;

void add_fact(const json& fact, SourceFacts& facts, std::set<Definition>& statics) {
  auto kind = text_of(fact, "fact");
  int line = fact.value("line", 0);
  if (kind == "definition") {
    facts.functions.push_back({.name = text_of(fact, "name"),
                               .is_static = false,
                               .returns = text_of(fact, "returns"),
                               .parameters = texts_of(fact, "parameters"),
                               .first = line,
                               .last = fact.value("last", line),
                               .parsed = true});
  } else if (kind == "static") {
    statics.emplace(text_of(fact, "name"), line);
  } else if (kind == "call") {
    facts.calls.push_back(
        {text_of(fact, "function"), text_of(fact, "callee"), texts_of(fact, "arguments"), line});
  } else if (kind == "binding") {
    auto type = text_of(fact, "struct");
    facts.bindings.push_back({type.empty() ? "" : "struct " + type, text_of(fact, "variable"),
                              text_of(fact, "field"), text_of(fact, "target"), line, ""});
  } else if (kind == "assignment") {
    facts.bindings.push_back({text_of(fact, "type"), text_of(fact, "object"),
                              text_of(fact, "field"), text_of(fact, "target"), line,
                              text_of(fact, "function")});
  }
}

}  // namespace

const FunctionFact* SourceFacts::function(const std::string& name) const {
  auto it = std::find_if(functions.begin(), functions.end(),
                         [&](const FunctionFact& fact) { return fact.name == name; });
  return it == functions.end() ? nullptr : &*it;
}

std::vector<const FunctionFact*> SourceFacts::functions_named(const std::string& name) const {
  std::vector<const FunctionFact*> found;
  for (const auto& function : functions)
    if (function.name == name) found.push_back(&function);
  return found;
}

std::vector<const CallFact*> SourceFacts::calls_in(const FunctionFact& function) const {
  auto found = calls_in(function.name);
  std::erase_if(found, [&](const CallFact* call) {
    return call->line < function.first || call->line > function.last;
  });
  return found;
}

std::vector<const CallFact*> SourceFacts::calls_in(const std::string& name) const {
  std::vector<const CallFact*> found;
  for (const auto& call : calls)
    if (call.function == name) found.push_back(&call);
  return found;
}

bool SourceFacts::lost_in(int first, int last) const {
  return std::any_of(lost.begin(), lost.end(), [&](const LineRange& range) {
    return range.first <= last && first <= range.last;
  });
}

SourceFacts facts_from(const SourceText& source, const SpatchAnswer& answer) {
  SourceFacts facts;
  facts.path = source.path;
  facts.lost = answer.lost;
  facts.why = answer.why;
  if (answer.end == SpatchEnd::kFailed) facts.status = ParseStatus::kFailed;
  if (answer.end == SpatchEnd::kTimedOut) facts.status = ParseStatus::kTimedOut;
  std::set<Definition> statics;
  for (const auto& fact : answer.facts) add_fact(fact, facts, statics);

  // A function that the tokens show and no rule saw is there all the same.
  for (const auto& extent : function_extents(tokens_of(source.text))) {
    bool seen = std::any_of(facts.functions.begin(), facts.functions.end(),
                            [&](const FunctionFact& function) {
                              return function.name == extent.name &&
                                     function.first <= extent.last && extent.first <= function.last;
                            });
    if (seen) continue;
    bool has_calls = std::any_of(facts.calls.begin(), facts.calls.end(), [&](const CallFact& call) {
      return call.function == extent.name && extent.first <= call.line && call.line <= extent.last;
    });
    facts.functions.push_back({.name = extent.name,
                               .is_static = extent.is_static,
                               .returns = {},
                               .parameters = {},
                               .first = extent.first,
                               .last = extent.last,
                               .parsed = has_calls});
  }
  for (auto& function : facts.functions)
    if (statics.contains({function.name, function.first})) function.is_static = true;
  std::stable_sort(facts.functions.begin(), facts.functions.end(),
                   [](const FunctionFact& a, const FunctionFact& b) { return a.first < b.first; });
  std::stable_sort(facts.calls.begin(), facts.calls.end(),
                   [](const CallFact& a, const CallFact& b) { return a.line < b.line; });
  std::stable_sort(facts.bindings.begin(), facts.bindings.end(),
                   [](const BindingFact& a, const BindingFact& b) { return a.line < b.line; });
  if (facts.status == ParseStatus::kComplete &&
      (!facts.lost.empty() || std::any_of(facts.functions.begin(), facts.functions.end(),
                                          [](const FunctionFact& f) { return !f.parsed; })))
    facts.status = ParseStatus::kPartial;
  return facts;
}

}  // namespace killify
