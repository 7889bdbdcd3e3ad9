#include "reach/handlers.h"

#include "facts/outline.h"
#include "reach/given_roots.h"

#include <algorithm>
#include <iterator>
#include <map>

namespace killify {
namespace {

// A name bound to a field, before its definition is known.
struct Bound {
  std::string name;
  std::string ops;    // of an argument, the function that takes it
  std::string field;  // "" for an argument
  std::string file;
  int line = 0;
  const RootSpec* root = nullptr;
  bool certain = true;  // false: the struct is not known, so that the function's type has to tell
};

bool has_field(const RootSpec& root, std::string_view field) {
  return std::find(root.fields.begin(), root.fields.end(), field) != root.fields.end();
}

std::string how_bound(const Bound& bound) {
  return bound.field.empty() ? "given to " + bound.ops + "()" : "bound to ." + bound.field;
}

bool retry_succeeds(const Bound& bound) {
  const auto& fields = bound.root->retry_succeeds;
  return std::find(fields.begin(), fields.end(), bound.field) != fields.end();
}

std::vector<std::string> names_in(std::string_view target) {
  std::vector<std::string> names;
  Lexer lexer(target);
  for (Token token; lexer.next(token);)
    if (token.kind == Token::Kind::kWord && token.text != "NULL") names.emplace_back(token.text);
  return names;
}

// The files that can bind a handler: they name a field, and the struct or a handler's type.
std::vector<const TreeEntry*> candidates(const WordIndex& words,
                                         const std::vector<RootSpec>& roots) {
  std::set<const TreeEntry*> chosen;
  for (const auto& root : roots) {
    if (root.argument) continue;
    std::vector<std::string> near{root.struct_name};
    if (!root.returns.empty()) near.push_back(root.returns);
    auto related = words.files_with_any(near);
    std::set<const TreeEntry*> related_set(related.begin(), related.end());
    for (const auto* entry : words.files_with_any(root.fields))
      if (related_set.contains(entry)) chosen.insert(entry);
  }
  std::vector<const TreeEntry*> files(chosen.begin(), chosen.end());
  std::sort(files.begin(), files.end(),
            [](const TreeEntry* a, const TreeEntry* b) { return a->path < b->path; });
  return files;
}

// The functions that name a field of a handler: they may bind one.
std::set<std::string> binding_functions(const Sketch& sketch, const std::vector<RootSpec>& roots) {
  std::set<std::string> names;
  const auto& text = sketch.text();
  std::size_t begin = 0;
  int line = 1;
  for (const auto& function : sketch.functions()) {
    for (; line < function.first && begin != std::string::npos; ++line)
      begin = text.find('\n', begin) + 1;
    auto end = begin;
    for (int at = line; at <= function.last && end < text.size(); ++at)
      end = std::min(text.find('\n', end), text.size() - 1) + 1;
    std::string_view body = std::string_view(text).substr(begin, end - begin);
    for (const auto& root : roots)
      for (const auto& field : root.fields)
        if (body.find("->" + field) != std::string_view::npos ||
            body.find("." + field) != std::string_view::npos)
          names.insert(function.name);
  }
  return names;
}

void bound_by_facts(const SourceFacts& facts, const std::vector<RootSpec>& roots,
                    std::vector<Bound>& bound) {
  for (const auto& binding : facts.bindings) {
    for (const auto& root : roots) {
      if (!has_field(root, binding.field)) continue;
      auto type = names_in(binding.type);
      bool right_struct = std::find(type.begin(), type.end(), root.struct_name) != type.end();
      if (!right_struct && !binding.type.empty()) continue;
      auto names = names_in(binding.target);
      for (const auto& name : names)
        bound.push_back({name, binding.variable, binding.field, facts.path, binding.line, &root,
                         right_struct && names.size() == 1});
    }
  }
}

// "ops" of "struct T ops[] = {" whose braces hold a line.
std::string initialised_at(const Sketch& sketch, int line) {
  for (const auto& initialiser : sketch.initialisers()) {
    if (line < initialiser.brace || initialiser.last < line) continue;
    std::string name;
    Lexer lexer(sketch.text());
    for (Token token; lexer.next(token) && token.line <= initialiser.brace;) {
      if (token.directive || token.line < initialiser.first) continue;
      if (is_mark(token, '=') || is_mark(token, '[')) return name;
      if (is_word(token)) name = token.text;
    }
  }
  return {};
}

// What an initialiser binds in a branch of an #if that spatch does not look at, or that it lost.
void bound_by_tokens(const Sketch& sketch, const SourceFacts& facts,
                     const std::vector<RootSpec>& roots, std::vector<Bound>& bound) {
  for (const auto& binding : sketch.bindings()) {
    if (binding.function >= 0 || binding.macro >= 0) continue;
    auto root = std::find_if(roots.begin(), roots.end(), [&](const RootSpec& one) {
      return one.struct_name == binding.in && has_field(one, binding.field);
    });
    bool known =
        std::any_of(facts.bindings.begin(), facts.bindings.end(), [&](const BindingFact& one) {
          return one.line == binding.line && one.field == binding.field;
        });
    if (root == roots.end() || known || binding.target == "NULL") continue;
    bound.push_back({std::string(binding.target), initialised_at(sketch, binding.line),
                     std::string(binding.field), facts.path, binding.line, &*root, true});
  }
}

// What a macro binds to a field: the tokens behind ".field =", "##" dropped.
struct MacroBinding {
  std::string macro;
  std::vector<std::string> parameters;
  std::vector<std::string> target;
  std::string field;
  const RootSpec* root = nullptr;
};

void macro_bindings(const std::vector<MacroDefinition>& macros, const std::vector<RootSpec>& roots,
                    std::vector<MacroBinding>& found) {
  for (const auto& macro : macros) {
    const auto& body = macro.body;
    for (const auto& root : roots) {
      bool names_struct = std::any_of(body.begin(), body.end(), [&](const Token& token) {
        return token.text == root.struct_name;
      });
      if (!names_struct) continue;
      for (std::size_t i = 0; i + 3 < body.size(); ++i) {
        if (body[i].text != "." || !has_field(root, body[i + 1].text) || body[i + 2].text != "=")
          continue;
        MacroBinding binding{
            macro.name, macro.parameters, {}, std::string(body[i + 1].text), &root};
        for (auto j = i + 3; j < body.size() && body[j].text != "," && body[j].text != "}"; ++j)
          if (body[j].kind == Token::Kind::kWord) binding.target.emplace_back(body[j].text);
        found.push_back(std::move(binding));
      }
    }
  }
}

// The handlers that the uses of `binding.macro` in a file name.
void bound_by_macro(const MacroBinding& binding, const std::string& file,
                    const std::vector<Token>& tokens, std::vector<Bound>& bound) {
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].text != binding.macro || tokens[i].directive) continue;
    auto arguments = i + 1 < tokens.size() && tokens[i + 1].text == "("
                         ? call_arguments(tokens, i + 1)
                         : std::vector<std::string>{};
    if (arguments.size() != binding.parameters.size()) continue;
    std::string name;
    for (const auto& part : binding.target) {
      auto it = std::find(binding.parameters.begin(), binding.parameters.end(), part);
      name += it == binding.parameters.end()
                  ? part
                  : arguments[static_cast<std::size_t>(it - binding.parameters.begin())];
    }
    bound.push_back({name, binding.macro, binding.field, file, tokens[i].line, binding.root, true});
  }
}

// Whether a function that a field of an unknown struct is bound to is of a handler's type.
Result<bool> returns_fault(TreeFacts& facts, const Bound& bound, const std::string& file) {
  if (bound.certain) return true;
  KILLIFY_TRY(const auto* there, facts.part(file));
  const auto* function = there->function(bound.name);
  return function != nullptr && function->returns == bound.root->returns;
}

// Leaves of the files that define a name for others those that the binding can mean: its module's,
// else without what other modules keep to themselves.
Status keep_linked(TreeFacts& facts, const Bound& bound, std::vector<std::string>& definers) {
  definers = facts.linkage().of_its_module(bound.file, std::move(definers));
  if (definers.size() < 2) return {};
  std::vector<std::string> seen;
  for (const auto& path : definers) {
    KILLIFY_TRY(const auto* sketch, facts.sketch(path));
    const auto uses = sketch->uses(bound.name);
    const bool exported =
        std::ranges::any_of(uses, [](const Use& use) { return use.kind == Use::Kind::kExport; });
    if (exported || !facts.linkage().are_apart(bound.file, path)) seen.push_back(path);
  }
  if (!seen.empty()) definers = std::move(seen);
  return {};
}

// Finds the definitions of a name as C does: in the same file first, else the external ones. Each
// as file and line.
Result<std::vector<std::pair<std::string, int>>> definitions_of(TreeFacts& facts,
                                                                const Bound& bound) {
  std::vector<std::string> files{bound.file};
  KILLIFY_TRY(auto external, facts.files_defining(bound.name));
  KILLIFY_CHECK(keep_linked(facts, bound, external));
  files.insert(files.end(), external.begin(), external.end());
  std::vector<std::pair<std::string, int>> found;
  for (const auto& path : files) {
    KILLIFY_TRY(const auto* sketch, facts.sketch(path));
    const auto& functions = sketch->functions();
    auto function = std::find_if(functions.begin(), functions.end(),
                                 [&](const FunctionExtent& one) { return one.name == bound.name; });
    if (function == functions.end()) continue;
    KILLIFY_TRY(bool is_one, returns_fault(facts, bound, path));
    if (is_one) found.emplace_back(path, function->first);
    if (path == bound.file) break;
  }
  return found;
}

}  // namespace

bool Handlers::contains(const std::string& function, const std::string& file) const {
  return std::any_of(all.begin(), all.end(), [&](const Handler& handler) {
    return handler.function == function && handler.file == file;
  });
}

Result<Handlers> find_handlers(TreeFacts& facts, const std::vector<RootSpec>& roots) {
  auto files = candidates(facts.words(), roots);
  KILLIFY_CHECK(facts.sketch_ahead(files));
  std::map<std::string, std::set<std::string>> binders;
  for (const auto* entry : files) {
    KILLIFY_TRY(const auto* sketch, facts.sketch(entry->path));
    binders[entry->path] = binding_functions(*sketch, roots);
  }
  KILLIFY_CHECK(facts.read_parts(binders, true, "Reading fault handlers"));

  std::vector<Bound> bound;
  std::vector<MacroBinding> macros;
  for (const auto* entry : files) {
    KILLIFY_TRY(const auto* file_facts, facts.part(entry->path));
    bound_by_facts(*file_facts, roots, bound);
    KILLIFY_TRY(const auto* sketch, facts.sketch(entry->path));
    bound_by_tokens(*sketch, *file_facts, roots, bound);
    macro_bindings(sketch->macros(), roots, macros);
  }
  for (const auto& binding : macros) {
    for (const auto* entry : facts.words().files_with(binding.macro)) {
      KILLIFY_TRY(auto text, facts.text(entry->path));
      bound_by_macro(binding, entry->path, tokens_of(text), bound);
    }
  }

  Handlers handlers;
  for (const auto& root : roots) {
    if (!root.argument) continue;
    KILLIFY_TRY(auto given, find_given(facts, root));
    for (auto& one : given.all)
      bound.push_back(
          {std::move(one.name), std::move(one.to), {}, std::move(one.file), one.line, &root, true});
    std::ranges::move(given.unresolved, std::back_inserter(handlers.unresolved));
  }
  std::map<std::pair<std::string, std::string>, Handler> unique;
  for (const auto& one : bound) {
    KILLIFY_TRY(auto definitions, definitions_of(facts, one));
    if (definitions.empty() && one.certain)
      handlers.unresolved.push_back(
          fmt::format("{}:{}: {} is {}, and no definition of it is in the tree", one.file, one.line,
                      one.name, how_bound(one)));
    if (definitions.size() > 1) {
      handlers.unclear.emplace(one.file, one.line);
      handlers.unresolved.push_back(
          fmt::format("{}:{}: {} is {}, and which of its {} definitions is meant is not known",
                      one.file, one.line, one.name, how_bound(one), definitions.size()));
    }
    for (const auto& [file, line] : definitions) {
      handlers.bindings.emplace(one.file, one.line);
      Handler handler{one.name,  file,     line,     one.ops,
                      one.field, one.file, one.line, retry_succeeds(one)};
      handlers.registrations.push_back(handler);
      // Of several fields the one counts whose caller understands less.
      const auto [it, added] = unique.try_emplace({file, one.name}, handler);
      if (!added && handler.retry_succeeds && !it->second.retry_succeeds)
        it->second = std::move(handler);
    }
  }
  for (auto& [key, handler] : unique) handlers.all.push_back(std::move(handler));
  auto in_order = [](const Handler& a, const Handler& b) {
    return std::tie(a.file, a.line, a.function, a.registered_in, a.registered_line, a.field) <
           std::tie(b.file, b.line, b.function, b.registered_in, b.registered_line, b.field);
  };
  std::sort(handlers.all.begin(), handlers.all.end(), in_order);
  std::sort(handlers.registrations.begin(), handlers.registrations.end(), in_order);
  std::sort(handlers.unresolved.begin(), handlers.unresolved.end());
  handlers.unresolved.erase(std::unique(handlers.unresolved.begin(), handlers.unresolved.end()),
                            handlers.unresolved.end());
  return handlers;
}

}  // namespace killify
