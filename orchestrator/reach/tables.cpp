#include "reach/tables.h"

#include "facts/lexer.h"
#include "reach/slice.h"

#include <algorithm>

namespace killify {
namespace {

// More files than this that name a table, and where it is defined is not looked for.
constexpr std::size_t kMaxNaming = 64;

// The name of what is initialised: the word before "=" or "[".
std::string_view name_of(std::string_view text) {
  std::string_view name;
  Lexer lexer(text);
  for (Token token; lexer.next(token);) {
    if (token.directive) continue;
    if (is_mark(token, '=') || is_mark(token, '[') || is_mark(token, '{')) break;
    if (is_word(token)) name = token.text;
  }
  return name;
}

bool has_conditional(std::string_view text) {
  Lexer lexer(text);
  for (Token token; lexer.next(token);)
    if (token.opens_directive) return true;
  return false;
}

// Whether nobody outside of the file gives the variable another value.
bool is_its_own(std::string_view text) {
  Lexer lexer(text);
  for (Token token; lexer.next(token) && !is_mark(token, '=');)
    if (token.text == "const" || token.text == "static") return true;
  return false;
}

}  // namespace

const SketchInitialiser* table_named(const Sketch& sketch, std::string_view name) {
  std::string_view rest = sketch.text();
  int line = 1;
  for (const auto& initialiser : sketch.initialisers()) {
    for (; line < initialiser.first; ++line) rest.remove_prefix(rest.find('\n') + 1);
    if (name_of(rest) == name) return &initialiser;
  }
  return nullptr;
}

std::string struct_of_table(const Sketch& sketch, std::string_view name) {
  const auto* table = name.empty() ? nullptr : table_named(sketch, name);
  if (table == nullptr) return {};
  bool next = false;
  const auto text = lines_of(sketch.text(), table->first, table->brace);
  Lexer lexer(text);
  for (Token token; lexer.next(token);) {
    if (next) return std::string(token.text);
    next = token.text == "struct";
  }
  return {};
}

Result<Value> Tables::at(const std::string& name, const std::string& file) {
  std::pair<std::string_view, std::string_view> key(file, name);
  if (auto it = known_.find(key); it != known_.end()) return it->second;
  std::vector<Table> found;
  KILLIFY_TRY(const auto* own, facts_.sketch(file));
  if (const auto* extent = table_named(*own, name)) {
    found.push_back({file, *extent});
  } else {
    auto files = facts_.words().files_with(name);
    if (files.size() > kMaxNaming) files.clear();
    for (const auto* entry : files) {
      if (entry->path.ends_with(".h")) continue;
      KILLIFY_TRY(const auto* sketch, facts_.sketch(entry->path));
      if (const auto* there = table_named(*sketch, name)) found.push_back({entry->path, *there});
    }
  }
  auto value = Value::unknown();
  if (found.size() == 1) {
    value = Value::table(tables_.size(), name + " of " + found[0].file);
    tables_.push_back(std::move(found[0]));
  }
  return known_[{file, name}] = std::move(value);
}

Result<Tables::Held> Tables::held(const Value& tables, const std::string& field) {
  Held held;
  for (auto id : tables.functions) {
    const auto table = tables_[id];
    KILLIFY_TRY(const auto* sketch, facts_.sketch(table.file));
    // What macros put into it is not seen.
    bool plain = true;
    for (const auto& binding : sketch->bindings()) {
      if (binding.field != field) continue;
      const bool inside = table.extent.first <= binding.line && binding.line <= table.extent.last;
      if (inside && binding.target == "NULL") continue;
      if (!inside) {
        held.whole = held.whole && binding.function < 0;
        continue;
      }
      KILLIFY_TRY(auto nodes, names_.resolve(std::string(binding.target), table.file));
      plain = plain && !nodes.empty();
      for (auto node : nodes) {
        plain = plain && !names_[node].is_macro;
        held.functions.insert(node);
      }
    }
    const auto text = lines_of(sketch->text(), table.extent.brace, table.extent.last);
    Token before;
    Lexer lexer(text);
    if (!lexer.next(before)) continue;
    for (Token token; lexer.next(token); before = token) {
      // ".field = value", or nothing but that: a macro, or values by their place, may fill it in.
      if (is_mark(token, '.') && !is_mark(before, '{') && !is_mark(before, ',') && !token.directive)
        plain = false;
      if (is_word(token) && (is_mark(before, '{') || is_mark(before, ',')) && !token.directive)
        plain = false;
    }
    held.whole = held.whole && plain &&
                 is_its_own(lines_of(sketch->text(), table.extent.first, table.extent.last));
  }
  return held;
}

Result<Value> Tables::holding(const BoundTarget& target) {
  if (!target.initialised) return Value::unknown();
  KILLIFY_TRY(const auto* sketch, facts_.sketch(target.file));
  for (const auto& initialiser : sketch->initialisers()) {
    if (target.line < initialiser.first || initialiser.last < target.line) continue;
    const std::string name(name_of(lines_of(sketch->text(), initialiser.first, initialiser.last)));
    return at(name, target.file);
  }
  return Value::unknown();
}

Result<bool> Tables::fits(const BoundTarget& target, const ObjectKind& kind) {
  if (!target.initialised) return true;
  KILLIFY_TRY(const auto* sketch, facts_.sketch(target.file));
  for (const auto& initialiser : sketch->initialisers()) {
    if (target.line < initialiser.first || initialiser.last < target.line) continue;
    const auto text = lines_of(sketch->text(), initialiser.first, initialiser.last);
    if (kind.field.empty()) return (name_of(text) == kind.table) == kind.holds;
    if (has_conditional(text)) return true;
    bool filled = false;
    for (const auto& binding : sketch->bindings())
      filled = filled || (binding.field == kind.field && initialiser.first <= binding.line &&
                          binding.line <= initialiser.last && binding.target != "NULL");
    // What is filled in by a macro, or by its place, is not seen: only what is there is believed.
    return kind.holds || !filled;
  }
  return true;
}

}  // namespace killify
