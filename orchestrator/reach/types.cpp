#include "reach/types.h"

#include <algorithm>

namespace killify {
namespace {

bool is(const std::vector<Token>& tokens, std::size_t at, std::string_view text) {
  return at < tokens.size() && tokens[at].text == text;
}

// The index behind the bracket that closes tokens[open].
std::size_t behind(const std::vector<Token>& tokens, std::size_t open) {
  int depth = 0;
  for (auto i = open; i < tokens.size(); ++i) {
    if (is(tokens, i, "(") || is(tokens, i, "[")) ++depth;
    if ((is(tokens, i, ")") || is(tokens, i, "]")) && --depth == 0) return i + 1;
  }
  return tokens.size();
}

std::string text_between(const std::vector<Token>& tokens, std::size_t first, std::size_t end) {
  std::string text;
  for (auto i = first; i < end; ++i) text += std::string(tokens[i].text) + " ";
  return text;
}

// "struct T *a, b[2]", "struct T *(*f)(...)": what is declared, up to the end of the declaration.
// A name that follows without a comma or a bracket ends a parameter.
void add_declaration(const std::vector<Token>& tokens, std::size_t at, StructNames& names) {
  std::string type(tokens[at + 1].text);
  for (auto i = at + 2; i < tokens.size(); ++i) {
    const auto& token = tokens[i];
    if (token.text == "*" || token.text == "const" || token.text == "__rcu" ||
        token.text == "__iomem" || token.text == "__user" || token.text == "volatile")
      continue;
    if (token.kind != Token::Kind::kWord) return;
    names.try_emplace(std::string(token.text), type);
    if (!is(tokens, i + 1, ",") || is(tokens, i + 2, "struct") || is(tokens, i + 2, "const"))
      return;
    // A parameter of another type follows, or another declarator.
    bool declarator = is(tokens, i + 2, "*") || is(tokens, i + 3, ",") || is(tokens, i + 3, ";");
    if (!declarator) return;
    ++i;
  }
}

void add_declarations(const std::vector<Token>& tokens, StructNames& names) {
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i)
    if (is(tokens, i, "struct") && tokens[i + 1].kind == Token::Kind::kWord)
      add_declaration(tokens, i, names);
}

// The text of "struct name { ... }".
std::string_view definition_of(const Sketch& sketch, const std::string& name) {
  std::string_view text = sketch.text();
  for (auto at = text.find("struct " + name); at != std::string_view::npos;
       at = text.find("struct " + name, at + 1)) {
    auto brace = text.find_first_not_of(" \t\n", at + 7 + name.size());
    if (brace == std::string_view::npos || text[brace] != '{') continue;
    auto end = text.find("\n}", brace);
    return text.substr(brace + 1, end == std::string_view::npos ? end : end - brace - 1);
  }
  return {};
}

}  // namespace

std::string struct_name(std::string_view type) {
  auto tokens = tokens_of(type);
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i)
    if (tokens[i].text == "struct" || tokens[i].text == "union")
      return std::string(tokens[i + 1].text);
  return {};
}

const FunctionExtent* extent_at(const Sketch& sketch, int line) {
  for (const auto& function : sketch.functions())
    if (function.first <= line && line <= function.last) return &function;
  return nullptr;
}

StructNames declared_structs(const Sketch& sketch, const std::string& function) {
  StructNames names;
  const std::string& text = sketch.text();
  for (const auto& extent : sketch.functions()) {
    if (extent.name != function) continue;
    std::size_t begin = 0;
    for (int line = 1; line < extent.first && begin < text.size(); ++line)
      begin = text.find('\n', begin) + 1;
    auto end = begin;
    for (int line = extent.first; line <= extent.last && end < text.size(); ++line)
      end = std::min(text.find('\n', end), text.size() - 1) + 1;
    begin = std::min(text.find('(', begin), end);  // behind the type that it returns
    add_declarations(tokens_of(std::string_view(text).substr(begin, end - begin)), names);
  }
  return names;
}

Result<std::string> Types::struct_of(std::string_view expression, const StructNames& variables,
                                     const std::string& file) {
  auto tokens = tokens_of(expression);
  std::size_t i = 0;
  while (is(tokens, i, "&") || is(tokens, i, "*")) ++i;
  if (i >= tokens.size()) return std::string();
  std::string current;
  if (is(tokens, i, "(")) {
    auto end = behind(tokens, i);
    auto inside = text_between(tokens, i + 1, end - 1);
    bool cast = end < tokens.size() && !is(tokens, end, "-") && !is(tokens, end, ".");
    if (cast) {
      current = struct_name(inside);
      i = tokens.size();
    } else {
      KILLIFY_TRY(current, struct_of(inside, variables, file));
      i = end;
    }
  } else if (is(tokens, i + 1, "(")) {
    KILLIFY_TRY(current, call_struct(std::string(tokens[i].text), file));
    i = behind(tokens, i + 1);
  } else {
    if (auto type = variables.find(tokens[i].text); type != variables.end()) {
      current = type->second;
    } else {
      KILLIFY_TRY(const auto* globals, globals_of(file));
      if (auto global = globals->find(tokens[i].text); global != globals->end())
        current = global->second;
    }
    ++i;
  }
  while (i < tokens.size() && !current.empty()) {
    if (is(tokens, i, "[")) {
      i = behind(tokens, i);
      continue;
    }
    i += is(tokens, i, "-") ? 2 : 1;
    if (i >= tokens.size()) return std::string();
    KILLIFY_TRY(current, field_struct(current, std::string(tokens[i].text), file));
    if (current == kNameless) return current;
    ++i;
  }
  return current;
}

// The variables that a file declares outside of functions.
Result<const StructNames*> Types::globals_of(const std::string& file) {
  auto [it, added] = globals_.try_emplace(file);
  if (!added) return &it->second;
  KILLIFY_TRY(const auto* sketch, facts_.sketch(file));
  std::vector<Token> outside;  // of braces and parentheses, too
  int depth = 0;
  Lexer lexer(sketch->text());
  for (Token token; lexer.next(token);) {
    if (token.directive) continue;
    bool closes = is_mark(token, '}') || is_mark(token, ')');
    if (closes && (token.first_column || --depth < 0)) depth = 0;
    if (depth == 0) outside.push_back(token);
    if (is_mark(token, '{') || is_mark(token, '(')) ++depth;
  }
  add_declarations(outside, it->second);
  return &it->second;
}

Result<std::string> Types::field_struct(const std::string& in, const std::string& field,
                                        const std::string& file) {
  KILLIFY_TRY(const auto* fields, fields_of(in, file));
  auto it = fields->find(field);
  if (it != fields->end()) return it->second;
  return fields->empty() ? std::string() : std::string(kNameless);
}

// The file with the definition that `file` means; "" where there is none.
Result<std::string> Types::definition_file(const std::string& name, const std::string& file) {
  auto user = names_.driver(file);
  auto [known, added] = defining_.try_emplace({name, user});
  if (added) {
    KILLIFY_TRY(auto files, facts_.files_defining_struct(name));
    // Drivers have structs of one name: each means its own.
    auto best = std::find_if(files.begin(), files.end(), [&](const std::string& path) {
      return path == file || names_.driver(path) == user;
    });
    if (best == files.end())
      best = std::find_if(files.begin(), files.end(),
                          [](const std::string& path) { return path.starts_with("include/"); });
    if (best == files.end()) best = files.begin();
    if (best != files.end()) known->second = *best;
  }
  return known->second;
}

Result<const StructNames*> Types::fields_of(const std::string& name, const std::string& file) {
  KILLIFY_TRY(auto defined, definition_file(name, file));
  auto [fields, first] = fields_.try_emplace({name, defined});
  if (first && !defined.empty()) {
    KILLIFY_TRY(const auto* sketch, facts_.sketch(defined));
    add_declarations(tokens_of(definition_of(*sketch, name)), fields->second);
  }
  return &fields->second;
}

Result<std::vector<std::string>> Types::field_order(const std::string& name,
                                                    const std::string& file) {
  std::vector<std::string> order;
  KILLIFY_TRY(auto defined, definition_file(name, file));
  if (defined.empty()) return order;
  KILLIFY_TRY(const auto* sketch, facts_.sketch(defined));
  auto text = definition_of(*sketch, name);
  std::string last;
  for (const auto& token : tokens_of(text)) {
    if (token.text == "{" || token.text == "(") return std::vector<std::string>();  // not so simple
    if (token.text == ";" || token.text == ",") order.push_back(std::exchange(last, {}));
    if (token.kind == Token::Kind::kWord && !token.directive) last = token.text;
  }
  return order;
}

Result<std::optional<unsigned>> Types::elements_before(const std::string& name,
                                                       const std::string& field,
                                                       const std::string& file) {
  std::optional<unsigned> unknown;
  KILLIFY_TRY(auto defined, definition_file(name, file));
  if (defined.empty()) return unknown;
  KILLIFY_TRY(const auto* sketch, facts_.sketch(defined));
  unsigned count = 0;
  bool whole = false;  // a struct follows, unless it is a pointer to one
  std::string_view last;
  for (const auto& token : tokens_of(definition_of(*sketch, name))) {
    if (token.directive || token.text == "{" || token.text == "(" || token.text == "[" ||
        token.text == ":")
      return unknown;
    if (token.text == "struct" || token.text == "union") whole = true;
    if (token.text == "*") whole = false;
    if (token.text == ";" || token.text == ",") {
      if (last == field) return std::optional<unsigned>(count);
      if (whole) return unknown;
      ++count;
    }
    if (token.kind == Token::Kind::kWord) last = token.text;
  }
  return unknown;
}

Result<bool> Types::is_flag(const std::string& name, const std::string& field,
                            const std::string& file) {
  KILLIFY_TRY(auto defined, definition_file(name, file));
  if (defined.empty()) return false;
  KILLIFY_TRY(const auto* sketch, facts_.sketch(defined));
  bool boolean = false;
  for (const auto& token : tokens_of(definition_of(*sketch, name))) {
    if (token.text == ";") boolean = false;
    if (token.text == "bool") boolean = true;
    if (boolean && token.text == field) return true;
  }
  return false;
}

Result<PrivateField> Types::private_field(const std::string& name, const std::string& field,
                                          const std::string& file) {
  const auto [known, added] = private_.try_emplace({name + ' ' + names_.driver(file), field});
  auto& found = known->second;
  if (!added) return found;
  KILLIFY_TRY(found.defined_in, definition_file(name, file));
  if (found.defined_in.empty() || found.defined_in.starts_with("include/") ||
      found.defined_in.find("/include/") != std::string::npos)
    return found;
  KILLIFY_TRY(const auto* sketch, facts_.sketch(found.defined_in));
  int depth = 0;
  bool pointer = false;
  bool plain = true;  // no array, function, struct
  bool named = false;
  for (const auto& token : tokens_of(definition_of(*sketch, name))) {
    if (token.text == "{") ++depth;
    if (token.text == "}") --depth;
    if (depth > 0 || token.text == "}" || token.directive) {
      plain = false;
      continue;
    }
    if (token.text == ";") {
      if (named && (plain || pointer))
        found.kind = pointer ? PrivateField::Kind::kPointer : PrivateField::Kind::kNumber;
      if (named) break;
      pointer = false;
      plain = true;
      continue;
    }
    if (token.text == "*") pointer = true;
    if (token.text == "[" || token.text == "(") {
      pointer = false;
      plain = false;
    }
    if (token.text == "struct" || token.text == "union" || token.text == ",") plain = false;
    named = named || token.text == field;
  }
  return found;
}

Result<std::string> Types::call_struct(const std::string& callee, const std::string& file) {
  KILLIFY_TRY(auto nodes, names_.resolve(callee, file));
  for (auto id : nodes) {
    auto node = names_[id];
    KILLIFY_TRY(const auto* sketch, facts_.sketch(node.file));
    if (node.is_macro) {
      for (const auto& macro : sketch->macros())
        if (macro.name == callee)
          if (auto name = struct_name(text_between(macro.body, 0, macro.body.size()));
              !name.empty())
            return name;
      continue;
    }
    // The type stands before the name, on its line or on the one above.
    for (const auto& function : sketch->functions()) {
      if (function.name != callee) continue;
      const auto& text = sketch->text();
      std::size_t begin = 0;
      for (int line = 1; line + 1 < function.first; ++line) begin = text.find('\n', begin) + 1;
      auto end = text.find(callee + "(", begin);
      if (end == std::string::npos) continue;
      auto before = std::string_view(text).substr(begin, end - begin);
      if (auto last = before.find_last_of(";}"); last != std::string_view::npos)
        before.remove_prefix(last + 1);
      if (auto name = struct_name(before); !name.empty()) return name;
    }
  }
  return std::string();
}

}  // namespace killify
