#include "reach/ops_pointers.h"

#include "facts/function_head.h"
#include "reach/bodies.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace killify {
namespace {

// Assignments and calls that are followed one behind the other.
constexpr int kMaxDepth = 8;
constexpr int kWholeFile = std::numeric_limits<int>::max();

// The text of tokens without blanks, but for those between words.
std::string text_of(const std::vector<Token>& tokens, std::size_t first, std::size_t last) {
  std::string text;
  for (auto i = first; i < last; ++i) {
    if (i > first && is_word(tokens[i]) && is_word(tokens[i - 1])) text += ' ';
    text += tokens[i].text;
  }
  return text;
}

// Where "a->b.c" or "c[i]" begins that ends before tokens[end].
std::size_t begin_of_access(const std::vector<Token>& tokens, std::size_t end) {
  auto at = end;
  while (at > 0) {
    if (is_mark(tokens[at - 1], ']')) {
      while (at > 0 && !is_mark(tokens[at - 1], '[')) --at;
      if (at > 0) --at;
      continue;
    }
    if (!is_word(tokens[at - 1])) return at;
    --at;
    if (at >= 2 && is_mark(tokens[at - 1], '>') && is_mark(tokens[at - 2], '-'))
      at -= 2;
    else if (at >= 1 && is_mark(tokens[at - 1], '.'))
      at -= 1;
    else
      return at;
  }
  return at;
}

std::vector<TokenAssignment> assignments_in(const std::string& text) {
  std::vector<Token> tokens;
  Lexer lexer(text);
  for (Token token; lexer.next(token);)
    if (!token.directive) tokens.push_back(token);
  std::vector<TokenAssignment> found;
  for (std::size_t i = 1; i + 1 < tokens.size(); ++i) {
    if (!is_mark(tokens[i], '=') || is_mark(tokens[i + 1], '=')) continue;
    auto begin = begin_of_access(tokens, i);
    if (begin == i) continue;  // "==", "+=", and what is no plain target
    auto end = i + 1;
    for (int depth = 0; end < tokens.size(); ++end) {
      const auto& token = tokens[end];
      if (is_mark(token, '(')) ++depth;
      if (is_mark(token, ')') && --depth < 0) break;
      if (is_mark(token, ';') || is_mark(token, '{') || (depth == 0 && is_mark(token, ','))) break;
    }
    found.push_back({text_of(tokens, begin, i), text_of(tokens, i + 1, end), tokens[i].line});
  }
  return found;
}

// "base" and "member" of "base->member" or "base.member".
struct Member {
  std::string base;
  std::string name;
};
std::optional<Member> member_of(const std::string& expression) {
  auto end = expression.find_last_of(".>");
  if (end == std::string::npos || end == 0) return std::nullopt;
  bool arrow = expression[end] == '>';
  if (arrow && expression[end - 1] != '-') return std::nullopt;
  Member member{expression.substr(0, arrow ? end - 1 : end), expression.substr(end + 1)};
  if (single_name(member.name).empty() || member.base.empty()) return std::nullopt;
  return member;
}

std::string without_address(std::string expression) {
  while (expression.size() > 1 && (expression.front() == '&' || expression.front() == '*'))
    expression.erase(0, 1);
  while (expression.size() > 2 && expression.front() == '(' && expression.back() == ')')
    expression = expression.substr(1, expression.size() - 2);
  return expression;
}

// Whether the declaration of the name at tokens[at] has this word before it: "extern".
bool is_declared(const std::vector<Token>& tokens, std::size_t at, std::string_view word) {
  for (;; --at) {
    if (tokens[at].text == word) return true;
    if (at == 0 || is_mark(tokens[at], ';') || is_mark(tokens[at], '}') || tokens[at].directive)
      return false;
  }
}

// Whether tokens[at] is the name of a "struct T name", whatever follows, that is not defined
// elsewhere.
bool is_table(const std::vector<Token>& tokens, std::size_t at) {
  return at >= 2 && at + 1 < tokens.size() && !tokens[at].directive && is_word(tokens[at - 1]) &&
         tokens[at - 2].text == "struct" && !is_mark(tokens[at + 1], '(') &&
         !is_declared(tokens, at, "extern");
}

// The functions that "struct T name = { .field = function }" names, each level of braces.
struct Table {
  bool defined = false;      // "struct T name", and not elsewhere
  bool initialised = false;  // with a list in braces
  std::vector<std::string> targets;
};
Table table_in(const std::string& text, const std::string& name, const std::string& field) {
  Table table;
  const auto tokens = tokens_of(text);
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
    if (tokens[i].text != name || !is_table(tokens, i)) continue;
    table.defined = true;
    auto open = i + 1;
    while (open < tokens.size() && !is_mark(tokens[open], '{') && !is_mark(tokens[open], ';'))
      ++open;
    if (open == tokens.size() || is_mark(tokens[open], ';')) continue;
    table.initialised = true;
    int depth = 0;
    for (auto at = open; at + 3 < tokens.size(); ++at) {
      if (is_mark(tokens[at], '{')) ++depth;
      if (is_mark(tokens[at], '}') && --depth == 0) break;
      if (!is_mark(tokens[at], '.') || tokens[at + 1].text != field ||
          !is_mark(tokens[at + 2], '='))
        continue;
      auto target = at + 3;
      while (target < tokens.size() &&
             (is_mark(tokens[target], '&') || is_mark(tokens[target], '(')))
        ++target;
      if (target < tokens.size() && is_word(tokens[target]))
        table.targets.emplace_back(tokens[target].text);
    }
  }
  return table;
}

// Where a file may define a "struct T name" for others: in a function, it does not.
std::vector<int> lines_of_tables(const std::string& text, std::string_view name) {
  const auto tokens = tokens_of(text);
  std::vector<int> lines;
  for (std::size_t i = 0; i < tokens.size(); ++i)
    if (tokens[i].text == name && is_table(tokens, i) && !is_declared(tokens, i, "static"))
      lines.push_back(tokens[i].line);
  return lines;
}

}  // namespace

bool OpsPointers::holds_handler(const std::string& in, std::string_view field) const {
  return std::any_of(roots_.begin(), roots_.end(), [&](const RootSpec& root) {
    return root.struct_name == in &&
           std::find(root.fields.begin(), root.fields.end(), field) != root.fields.end();
  });
}

Result<const std::vector<TokenAssignment>*> OpsPointers::assignments(const std::string& file) {
  auto [it, added] = assignments_.try_emplace(file);
  if (added) {
    KILLIFY_TRY(const auto* sketch, facts_.sketch(file));
    it->second = assignments_in(sketch->text());
  }
  return &it->second;
}

Result<const std::vector<std::string>*> OpsPointers::files_with_table(const std::string& name) {
  if (auto it = tables_.find(name); it != tables_.end()) return &it->second;
  std::vector<std::string> files;
  for (const auto* entry : facts_.words().files_with(name)) {
    if (entry->path.ends_with(".h")) continue;
    KILLIFY_TRY(const auto text, facts_.text(entry->path));
    const auto lines = lines_of_tables(text, name);
    if (lines.empty()) continue;
    KILLIFY_TRY(const auto sketch, facts_.look_at(entry->path));
    if (std::ranges::any_of(lines, [&](int line) { return extent_at(*sketch, line) == nullptr; }))
      files.push_back(entry->path);
  }
  return &(tables_[name] = std::move(files));
}

// One question: the expressions that were looked at, and what they led to.
class PointerWalk {
 public:
  PointerWalk(OpsPointers& ops, const std::string& field) : ops_(ops), field_(field) {}

  // An expression at a line of a file.
  Status follow(const std::string& written, const std::string& file, int line, int depth) {
    auto expression = without_address(written);
    if (expression == "NULL" || expression == "0") return {};
    if (depth > kMaxDepth) return lose();
    if (!seen_.emplace(file, fmt::format("{}:{}", line, expression)).second) return {};
    if (auto member = member_of(expression)) return follow_member(*member, file, line, depth);
    auto name = single_name(expression);
    if (name.empty()) return lose();
    return follow_variable(name, file, line, depth);
  }

  PointedAt take() {
    if (!found_table_) result_.whole = false;
    return std::move(result_);
  }

 private:
  Status lose() {
    result_.whole = false;
    return {};
  }

  // --- variables -----------------------------------------------------------------------------

  Status follow_variable(const std::string& name, const std::string& file, int line, int depth) {
    KILLIFY_TRY(bool table, take_table(name, file, depth));
    if (table) return {};
    KILLIFY_TRY(const auto* sketch, ops_.facts_.sketch(file));
    KILLIFY_TRY(const auto* assignments, ops_.assignments(file));
    const auto* function = extent_at(*sketch, line);
    bool any = false;
    for (bool here : {true, false}) {  // a local first
      for (const auto& one : *assignments) {
        if (one.target != name) continue;
        bool inside =
            function != nullptr && function->first <= one.line && one.line <= function->last;
        if (here && !inside) continue;
        any = true;
        KILLIFY_CHECK(follow(one.value, file, one.line, depth + 1));
      }
      if (any) return {};
    }
    // The table of another file.
    KILLIFY_TRY(const auto* others, ops_.files_with_table(name));
    for (const auto& other : *others) {
      if (other == file) continue;
      KILLIFY_TRY(bool there, take_table(name, other, depth));
      any = any || there;
    }
    return any ? Status{} : lose();
  }

  // Whether `name` is a table of the file; then its functions are taken.
  Result<bool> take_table(const std::string& name, const std::string& file, int depth) {
    KILLIFY_TRY(const auto sketch, ops_.facts_.look_at(file));
    auto table = table_in(sketch->text(), name, field_);
    if (!table.defined) return false;
    if (!tables_.emplace(file, name).second) return true;
    found_table_ = true;
    KILLIFY_TRY(const auto* assignments, ops_.assignments(file));
    for (const auto& one : *assignments)
      if (one.target == name + "." + field_) table.targets.push_back(without_address(one.value));
    for (const auto& target : table.targets) {
      if (target == "NULL") continue;
      KILLIFY_TRY(auto nodes, ops_.names_.resolve(target, file));
      if (nodes.empty()) result_.whole = false;
      for (auto id : nodes)
        if (!ops_.names_[id].is_macro) result_.functions.insert(id);
    }
    if (!table.targets.empty()) return true;
    // A copy, of which no own function took the place.
    bool copied = false;
    for (const auto& one : *assignments) {
      if (one.target != name) continue;
      copied = true;
      KILLIFY_CHECK(follow(one.value, file, one.line, depth + 1));
    }
    if (!copied && !table.initialised) result_.whole = false;
    return true;
  }

  // --- members -------------------------------------------------------------------------------

  Status follow_member(const Member& member, const std::string& file, int line, int depth) {
    KILLIFY_TRY(const auto* sketch, ops_.facts_.sketch(file));
    KILLIFY_TRY(const auto* assignments, ops_.assignments(file));
    const auto* function = extent_at(*sketch, line);
    bool any = false;
    if (function != nullptr) {
      // What this function has put there, or had put there by one that it gave the object.
      for (const auto& one : *assignments) {
        auto target = member_of(one.target);
        if (!target || target->base != member.base || target->name != member.name ||
            one.line < function->first || one.line >= line)
          continue;
        any = true;
        KILLIFY_CHECK(follow(one.value, file, one.line, depth + 1));
      }
      KILLIFY_TRY(bool set, set_by_callees(member, *function, file, line, depth));
      if (any || set) return {};
    }
    const auto given =
        function == nullptr ? std::nullopt : parameter_of(*sketch, function->name, member.base);
    if (given) {
      KILLIFY_TRY(const bool called, follow_callers(member, *function, *given, file, depth));
      if (called) return {};
    }
    // What others put there. An object that the function is given can have been anywhere before.
    for (const auto& one : *assignments) {
      auto target = member_of(one.target);
      if (!target || target->name != member.name) continue;
      if (function != nullptr && function->first <= one.line && one.line <= function->last)
        continue;
      any = true;
      KILLIFY_CHECK(follow(one.value, file, one.line, depth + 1));
    }
    return any && !given ? Status{} : lose();
  }

  // Follows a member of what the callers in this file hand to the function. False where there are
  // none.
  Result<bool> follow_callers(const Member& member, const FunctionExtent& function,
                              std::size_t index, const std::string& file, int depth) {
    KILLIFY_TRY(const auto* sketch, ops_.facts_.sketch(file));
    bool any = false;
    for (const auto& call : sketch->calls()) {
      if (call.through_field || call.callee != function.name) continue;
      const auto arguments = sketch->arguments(call);
      if (index >= arguments.size()) continue;
      any = true;
      KILLIFY_CHECK(follow(arguments[index] + "->" + member.name, file, call.line, depth + 1));
    }
    if (any && !function.is_static) KILLIFY_CHECK(lose());
    return any;
  }

  // Which parameter of the function has that name.
  static std::optional<std::size_t> parameter_of(const Sketch& sketch, const std::string& function,
                                                 const std::string& name) {
    for (const auto& head : heads_of(sketch.text(), function)) {
      if (!head.definition) continue;
      for (std::size_t i = 0; i < head.parameters.size(); ++i) {
        const auto& range = head.parameters[i];
        const auto words =
            tokens_of(std::string_view(sketch.text()).substr(range.begin, range.end - range.begin));
        if (!words.empty() && words.back().text == name) return i;
      }
    }
    return std::nullopt;
  }

  // Whether a function that is called before `line` with the member's object sets the member.
  Result<bool> set_by_callees(const Member& member, const FunctionExtent& function,
                              const std::string& file, int line, int depth) {
    if (depth > kMaxDepth) return false;
    KILLIFY_TRY(const auto* sketch, ops_.facts_.sketch(file));
    auto variables = declared_structs(*sketch, function.name);
    bool any = false;
    for (const auto& call : sketch->calls()) {
      if (call.line < function.first || call.line > function.last || call.line >= line) continue;
      auto arguments = sketch->arguments(call);
      auto at = std::find(arguments.begin(), arguments.end(), member.base);
      if (at == arguments.end()) continue;
      auto index = static_cast<std::size_t>(at - arguments.begin());
      std::string callee(call.callee);
      std::set<NodeId> targets;
      if (call.through_field) {
        KILLIFY_TRY(auto in, ops_.types_.struct_of(sketch->base(call), variables, file));
        KILLIFY_TRY(auto bound, ops_.names_.bound_to(callee, in, file, {ops_.names_.driver(file)}));
        for (const auto& target : bound) targets.insert(target.node);
        if (targets.empty()) result_.whole = false;
      } else {
        KILLIFY_TRY(auto nodes, ops_.names_.resolve(callee, file));
        targets.insert(nodes.begin(), nodes.end());
      }
      for (auto id : targets) {
        KILLIFY_TRY(bool set, set_by(id, index, member.name, depth + 1));
        any = any || set;
      }
    }
    return any;
  }

  Result<bool> set_by(NodeId id, std::size_t index, const std::string& member, int depth) {
    auto node = ops_.names_[id];
    if (node.is_macro || depth > kMaxDepth) return false;
    if (!setters_.emplace(id, index).second) return false;
    KILLIFY_TRY(const auto* sketch, ops_.facts_.sketch(node.file));
    KILLIFY_TRY(const auto* assignments, ops_.assignments(node.file));
    bool any = false;
    for (const auto& head : heads_of(sketch->text(), node.name)) {
      if (!head.definition || index >= head.parameters.size()) continue;
      auto range = head.parameters[index];
      auto words =
          tokens_of(std::string_view(sketch->text()).substr(range.begin, range.end - range.begin));
      if (words.empty() || !is_word(words.back())) continue;
      Member set{std::string(words.back().text), member};
      for (const auto& function : sketch->functions()) {
        if (function.name != node.name) continue;
        for (const auto& one : *assignments) {
          if (one.line < function.first || one.line > function.last) continue;
          auto target = member_of(one.target);
          if (!target || target->base != set.base || target->name != member) continue;
          any = true;
          KILLIFY_CHECK(follow(one.value, node.file, one.line, depth + 1));
        }
        KILLIFY_TRY(bool below, set_by_callees(set, function, node.file, kWholeFile, depth + 1));
        any = any || below;
      }
    }
    return any;
  }

  OpsPointers& ops_;
  const std::string& field_;
  PointedAt result_;
  bool found_table_ = false;
  std::set<std::pair<std::string, std::string>> seen_;    // file, and line with expression
  std::set<std::pair<std::string, std::string>> tables_;  // file, name
  std::set<std::pair<NodeId, std::size_t>> setters_;
};

Result<PointedAt> OpsPointers::behind(const std::string& base, const std::string& field,
                                      const Node& caller, int line) {
  std::string plain;  // without blanks: "vma->vm_ops" of "vma -> vm_ops"
  for (const auto& token : tokens_of(base)) plain += token.text;
  auto file = caller.file;
  auto name = caller.name;
  PointerWalk walk(*this, field);
  KILLIFY_CHECK(walk.follow(plain, file, line, 0));
  auto found = walk.take();
  std::erase_if(found.functions,
                [&](NodeId id) { return names_[id].name == name && names_[id].file == file; });
  return found;
}

}  // namespace killify
