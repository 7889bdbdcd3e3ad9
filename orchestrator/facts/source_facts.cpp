#include "facts/source_facts.h"

#include "facts/declaration.h"
#include "facts/guards.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <tuple>

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

bool is_name(std::string_view text) {
  Lexer lexer(text);
  Token token;
  return lexer.next(token) && is_word(token) && token.text.size() == text.size();
}

// "x -> ops . wait" in two; no member where the text does not end in one.
struct Access {
  std::string base;
  std::string member;
  bool arrow = false;
};

Access access_of(const std::string& text) {
  auto last = text.rfind(' ');
  if (last == std::string::npos || !is_name(std::string_view(text).substr(last + 1))) return {};
  auto before = std::string_view(text).substr(0, last);
  for (std::string_view mark : {" ->", " ."})
    if (before.ends_with(mark))
      return {std::string(before.substr(0, before.size() - mark.size())), text.substr(last + 1),
              mark == " ->"};
  return {};
}

// What is called: "( * fn )" calls what "fn" does.
std::string_view without_dereference(std::string_view callee) {
  constexpr std::string_view kOpening = "( * ", kClosing = " )";
  if (callee.starts_with(kOpening) && callee.ends_with(kClosing))
    callee = callee.substr(kOpening.size(), callee.size() - kOpening.size() - kClosing.size());
  return callee;
}

// "struct ops" of "const struct ops *".
std::string pointed_type(std::string_view type) {
  constexpr std::string_view kConst = "const ", kStar = " *";
  if (type.starts_with(kConst)) type.remove_prefix(kConst.size());
  if (type.ends_with(kStar)) type.remove_suffix(kStar.size());
  return std::string(type);
}

template <typename Fact>
void sort_by_line(std::vector<Fact>& facts) {
  std::stable_sort(facts.begin(), facts.end(),
                   [](const Fact& a, const Fact& b) { return a.line < b.line; });
  facts.shrink_to_fit();
}

// Reads the facts of one answer. Functions come first, because others are told apart by whether
// they stand in one.
class FactReader {
 public:
  FactReader(SourceFacts& facts, const Sketch& sketch) : facts_(facts), guards_(sketch.text()) {}

  void read(const std::vector<json>& answer) {
    for (const auto& fact : answer)
      if (fact.value("fact", "") == "definition") add_function(fact);
    sort_functions();
    for (const auto& fact : answer) {
      auto kind = fact.value("fact", "");
      if (kind == "variable")
        add_variable(fact);
      else if (kind == "branch" || kind == "choice" || kind == "loop")
        guards_.add(fact);
      else if (kind == "struct")
        add_fields(fact);
    }
    guards_.sort();
    for (const auto& fact : answer) {
      auto kind = fact.value("fact", "");
      if (kind == "call")
        add_call(fact);
      else if (kind == "assignment")
        add_assignment(fact);
      else if (kind == "binding")
        add_binding(fact);
    }
  }

  // Whether spatch has seen a variable with this initialiser.
  [[nodiscard]] bool knows(const SketchInitialiser& initialiser) const {
    return std::any_of(globals_.begin(), globals_.end(), [&](const LocalFact& global) {
      return initialiser.first <= global.line && global.line <= initialiser.brace;
    });
  }

  void sort_functions() {
    std::stable_sort(
        facts_.functions.begin(), facts_.functions.end(),
        [](const FunctionFact& a, const FunctionFact& b) { return a.first < b.first; });
  }

 private:
  void add_function(const json& fact) {
    FunctionFact function;
    function.name = text_of(fact, "name");
    function.returns = text_of(fact, "returns");
    function.first = fact.value("line", 0);
    function.last = fact.value("last", function.first);
    for (const auto& text : texts_of(fact, "parameters")) {
      if (text == "void") continue;
      auto parameter = declared(text);
      function.parameters.push_back({std::move(parameter.type), std::move(parameter.name)});
    }
    facts_.functions.push_back(std::move(function));
  }

  // nullptr outside of functions.
  [[nodiscard]] const FunctionFact* enclosing(const json& fact) const {
    auto name = text_of(fact, "function");
    int line = fact.value("line", 0);
    auto behind =
        std::upper_bound(facts_.functions.begin(), facts_.functions.end(), line,
                         [](int at, const FunctionFact& function) { return at < function.first; });
    while (behind != facts_.functions.begin()) {
      --behind;
      if (behind->name == name && line <= behind->last) return &*behind;
      if (behind->last < line) break;
    }
    return nullptr;
  }

  void add_variable(const json& fact) {
    const auto* function = enclosing(fact);
    LocalFact local{function == nullptr ? "" : function->name, text_of(fact, "type"),
                    text_of(fact, "variable"), fact.value("line", 0)};
    if (function == nullptr) {
      globals_.push_back(std::move(local));
      return;
    }
    if (auto value = text_of(fact, "value"); !value.empty())
      facts_.values.push_back({local.function, local.variable, std::move(value), local.line});
    facts_.locals.push_back(std::move(local));
  }

  void add_fields(const json& fact) {
    for (auto& [in, field] : declared_fields(text_of(fact, "name"), texts_of(fact, "fields")))
      facts_.fields.push_back({std::move(in), std::move(field.name), std::move(field.type)});
  }

  void add_call(const json& fact) {
    auto at = fact.value("at", std::vector<int>(4, 0));
    auto text = text_of(fact, "callee");
    std::string callee(without_dereference(text));
    auto access = access_of(callee);
    if (access.member.empty() && !is_name(callee)) return;
    const auto* function = enclosing(fact);
    CallFact call;
    call.function = function == nullptr ? text_of(fact, "function") : function->name;
    call.arguments = texts_of(fact, "arguments");
    call.line = at[2];  // of the callee's last token
    if (function != nullptr)
      call.guards = guards_.at({at[0], at[1]}, function->first, function->last);
    if (access.member.empty()) {
      call.callee = std::move(callee);
      facts_.calls.push_back(std::move(call));
    } else {
      call.callee = std::move(access.member);
      call.base = std::move(access.base);
      facts_.field_calls.push_back(std::move(call));
    }
  }

  // The type that a name is declared with, "" where the file does not say.
  [[nodiscard]] std::string type_of(const std::string& name, const FunctionFact& function) const {
    for (const auto& local : facts_.locals)
      if (local.variable == name && function.first <= local.line && local.line <= function.last)
        return local.type;
    for (const auto& parameter : function.parameters)
      if (parameter.name == name) return parameter.type;
    for (const auto& global : globals_)
      if (global.variable == name) return global.type;
    return {};
  }

  void add_assignment(const json& fact) {
    const auto* function = enclosing(fact);
    if (function == nullptr) return;
    auto target = text_of(fact, "target");
    auto operation = text_of(fact, "operator");
    auto value = text_of(fact, "value");
    int line = fact.value("line", 0);
    if (is_name(target)) {
      if (operation == "|=")
        value = target + " | " + value;
      else if (operation != "=")
        value.clear();
      facts_.values.push_back({function->name, std::move(target), std::move(value), line});
    } else if (auto access = access_of(target); !access.member.empty() && operation == "=") {
      auto type = pointed_type(type_of(access.base, *function));
      facts_.bindings.push_back({std::move(type), std::move(access.base), std::move(access.member),
                                 std::move(value), line, function->name});
    }
  }

  void add_binding(const json& fact) {
    const auto* function = enclosing(fact);
    auto type = text_of(fact, "struct");
    facts_.bindings.push_back({type.empty() ? "" : "struct " + type, text_of(fact, "variable"),
                               text_of(fact, "field"), text_of(fact, "target"),
                               fact.value("line", 0), function == nullptr ? "" : function->name});
  }

  SourceFacts& facts_;
  Guards guards_;
  std::vector<LocalFact> globals_;
};

// A function that the tokens show and no rule saw is there all the same. Only the tokens tell what
// is static. spatch itself knows what some macros write ("SYSCALL_DEFINE1(foo, ...) {" is a
// function of that name to it): a body that ends where the tokens' does is the same.
void add_sketched(const Sketch& sketch, SourceFacts& facts) {
  auto parsed = facts.functions.size();
  for (const auto& extent : sketch.functions()) {
    bool seen = false;
    for (std::size_t i = 0; i < parsed; ++i) {
      auto& function = facts.functions[i];
      bool same = function.name == extent.name || (extent.typeless && function.last == extent.last);
      if (!same || function.first > extent.last || extent.first > function.last) continue;
      seen = true;
      function.is_static = extent.is_static;
    }
    if (seen) continue;
    FunctionFact function;
    function.name = extent.name;
    function.is_static = extent.is_static;
    function.first = extent.first;
    function.last = extent.last;
    function.parsed = false;
    facts.functions.push_back(std::move(function));
  }
}

// What the tokens show at top level and spatch did not deliver is lost, also where its own
// diagnostics do not say so.
void add_lost(const Sketch& sketch, const FactReader& reader, SourceFacts& facts) {
  auto lose = [&](int first, int last) {
    if (!facts.lost_in(first, last)) facts.lost.push_back({first, last});
  };
  for (const auto& function : facts.functions)
    if (!function.parsed) lose(function.first, function.last);
  for (const auto& initialiser : sketch.initialisers())
    if (!reader.knows(initialiser)) lose(initialiser.first, initialiser.last);
  std::sort(facts.lost.begin(), facts.lost.end(),
            [](const LineRange& a, const LineRange& b) { return a.first < b.first; });
}

std::vector<const CallFact*> within(const std::vector<CallFact>& calls,
                                    const FunctionFact& function) {
  std::vector<const CallFact*> found;
  for (auto it = std::lower_bound(calls.begin(), calls.end(), function.first,
                                  [](const CallFact&call, int first) { return call.line < first; });
       it != calls.end() && it->line <= function.last; ++it)
    if (it->function == function.name) found.push_back(&*it);
  return found;
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
  return within(calls, function);
}

std::vector<const CallFact*> SourceFacts::field_calls_in(const FunctionFact& function) const {
  return within(field_calls, function);
}

std::vector<const CallFact*> SourceFacts::calls_in(const std::string& name) const {
  std::vector<const CallFact*> found;
  for (const auto* function : functions_named(name)) {
    auto of_one = calls_in(*function);
    found.insert(found.end(), of_one.begin(), of_one.end());
  }
  return found;
}

bool SourceFacts::lost_in(int first, int last) const {
  return std::any_of(lost.begin(), lost.end(), [&](const LineRange& range) {
    return range.first <= last && first <= range.last;
  });
}

SourceFacts facts_from(const std::string& path, const Sketch& sketch, const SpatchAnswer& answer) {
  SourceFacts facts;
  facts.path = path;
  facts.lost = answer.lost;
  facts.why = answer.why;
  if (answer.end == SpatchEnd::kFailed) facts.status = ParseStatus::kFailed;
  if (answer.end == SpatchEnd::kTimedOut) facts.status = ParseStatus::kTimedOut;

  FactReader reader(facts, sketch);
  reader.read(answer.facts.list());
  add_sketched(sketch, facts);
  add_lost(sketch, reader, facts);
  reader.sort_functions();
  facts.functions.shrink_to_fit();
  sort_by_line(facts.calls);
  sort_by_line(facts.field_calls);
  sort_by_line(facts.locals);
  sort_by_line(facts.bindings);
  // A declaration with a value is an assignment to spatch as well.
  auto key = [](const ValueFact& fact) {
    return std::tie(fact.line, fact.function, fact.variable, fact.value);
  };
  std::sort(facts.values.begin(), facts.values.end(),
            [&](const ValueFact& a, const ValueFact& b) { return key(a) < key(b); });
  facts.values.erase(
      std::unique(facts.values.begin(), facts.values.end(),
                  [&](const ValueFact& a, const ValueFact& b) { return key(a) == key(b); }),
      facts.values.end());
  facts.values.shrink_to_fit();
  if (facts.status == ParseStatus::kComplete && !facts.lost.empty())
    facts.status = ParseStatus::kPartial;
  return facts;
}

}  // namespace killify
