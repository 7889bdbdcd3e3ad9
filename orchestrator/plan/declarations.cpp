#include "plan/declarations.h"

#include "facts/function_head.h"

#include <algorithm>

namespace killify {
namespace {

// The function of a sketch that a line is in; "" outside of all.
std::string function_at(const Sketch& sketch, int line) {
  for (const auto& extent : sketch.functions())
    if (extent.first <= line && line <= extent.last) return extent.name;
  return {};
}

bool defines(const Sketch& sketch, const std::string& function, bool only_static) {
  return std::any_of(sketch.functions().begin(), sketch.functions().end(),
                     [&](const FunctionExtent& extent) {
                       return extent.name == function && (extent.is_static || !only_static);
                     });
}

// The index of the bracket that tokens[close] closes.
std::size_t opening(const std::vector<Token>& tokens, std::size_t close) {
  int depth = 0;
  for (auto i = close + 1; i-- > 0;) {
    if (is_mark(tokens[i], ')') || is_mark(tokens[i], ']')) ++depth;
    if ((is_mark(tokens[i], '(') || is_mark(tokens[i], '[')) && --depth == 0) return i;
  }
  return 0;
}

// What stands before the "->" or '.' that ends at tokens[dot]: "ww", "eb->ww", "f(x)".
std::string base_of(const std::vector<Token>& tokens, std::size_t dot) {
  bool arrow = is_mark(tokens[dot], '>');
  auto last = dot - (arrow ? 2 : 1);
  auto first = last;
  for (auto i = last;;) {
    if (is_mark(tokens[i], ')') || is_mark(tokens[i], ']')) {
      i = opening(tokens, i);
      if (i > 0 && is_word(tokens[i - 1])) --i;
    } else if (!is_word(tokens[i])) {
      break;
    }
    first = i;
    if (i >= 2 && is_mark(tokens[i - 1], '.'))
      i -= 2;
    else if (i >= 3 && is_mark(tokens[i - 1], '>') && is_mark(tokens[i - 2], '-'))
      i -= 3;
    else
      break;
  }
  std::string text;
  for (auto i = first; i <= last; ++i) text += std::string(tokens[i].text) + " ";
  return text;
}

// The expression that starts there, up to the end of a statement or of an initialiser's element.
std::string value_from(const std::vector<Token>& tokens, std::size_t at) {
  std::string text;
  int depth = 0;
  for (auto i = at; i < tokens.size() && !is_mark(tokens[i], ';'); ++i) {
    bool opens = is_mark(tokens[i], '(') || is_mark(tokens[i], '[') || is_mark(tokens[i], '{');
    bool closes = is_mark(tokens[i], ')') || is_mark(tokens[i], ']') || is_mark(tokens[i], '}');
    if (depth == 0 && (closes || is_mark(tokens[i], ','))) break;
    depth += opens ? 1 : closes ? -1 : 0;
    text += (text.empty() ? "" : " ") + std::string(tokens[i].text);
  }
  return text;
}

std::size_t shared_beginning(const std::string& a, const std::string& b) {
  return static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

// Whether a header declares the function of that name that another module defines beside it.
Result<bool> is_of_another_module(TreeFacts& facts, const std::string& header,
                                  const std::string& function, const std::string& file) {
  KILLIFY_TRY(const auto definers, facts.files_defining(function));
  return std::ranges::any_of(definers, [&](const std::string& definer) {
    return facts.linkage().are_apart(file, definer) &&
           shared_beginning(definer, header) > shared_beginning(file, header);
  });
}

Result<std::string> one_definition(TreeFacts& facts, const std::string& name,
                                   std::string& objection) {
  KILLIFY_TRY(auto files, facts.files_defining_struct(name));
  if (files.size() != 1) {
    objection = fmt::format("struct {} is defined in {} files", name, files.size());
    return std::string();
  }
  return files.front();
}

}  // namespace

bool exports(const Sketch& sketch, const std::string& function) {
  const auto uses = sketch.uses(function);
  return std::ranges::any_of(uses, [](const Use& use) { return use.kind == Use::Kind::kExport; });
}

Result<Declarations> declarations_of(TreeFacts& facts, const std::string& function,
                                     const std::string& file) {
  Declarations result;
  KILLIFY_TRY(const auto* here, facts.sketch(file));
  bool in_header = file.ends_with(".h");
  result.is_static = !in_header && defines(*here, function, true);
  result.files.push_back(file);
  if (in_header) result.header = file;
  result.exported = exports(*here, function);
  if (result.is_static) return result;
  const auto files = facts.words().files_with(function);
  KILLIFY_CHECK(facts.sketch_ahead(files));
  for (const auto* entry : files) {
    if (entry->path == file) continue;
    KILLIFY_TRY(const auto* there, facts.sketch(entry->path));
    if (!entry->path.ends_with(".h") &&
        (defines(*there, function, true) || facts.linkage().are_apart(file, entry->path)))
      continue;
    if (exports(*there, function)) result.exported = result.exported_elsewhere = true;
    auto heads = heads_of(there->text(), function);
    if (heads.empty()) continue;
    bool definition = std::any_of(heads.begin(), heads.end(),
                                  [](const FunctionHead& head) { return head.definition; });
    if (!entry->path.ends_with(".h")) {
      result.objection = fmt::format("{}() is {} in {}, too", function,
                                     definition ? "defined" : "declared", entry->path);
      return result;
    }
    KILLIFY_TRY(const bool other, is_of_another_module(facts, entry->path, function, file));
    if (other) continue;
    if (!result.header.empty()) {
      result.objection =
          fmt::format("{}() is declared in {} and {}", function, result.header, entry->path);
      return result;
    }
    result.header = entry->path;
    result.files.push_back(entry->path);
  }
  if (result.header.empty()) result.objection = fmt::format("no header declares {}()", function);
  std::sort(result.files.begin(), result.files.end());
  return result;
}

Result<FieldUses> find_field(TreeFacts& facts, Names& names, Types& types, const std::string& in,
                             const std::string& field, std::size_t arguments) {
  FieldUses result;
  KILLIFY_TRY(result.file, one_definition(facts, in, result.objection));
  if (!result.objection.empty()) return result;
  const auto files = facts.words().files_with(field);
  KILLIFY_CHECK(facts.sketch_ahead(files));
  for (const auto* entry : files) {
    KILLIFY_TRY(const auto* sketch, facts.sketch(entry->path));
    for (const auto& binding : sketch->bindings()) {
      if (binding.field != field || binding.in != in) continue;
      KILLIFY_TRY(auto nodes, names.resolve(std::string(binding.target), entry->path));
      if (nodes.size() != 1) {
        result.objection = fmt::format("what {}:{} binds to {}.{} is not known", entry->path,
                                       binding.line, in, field);
        return result;
      }
      result.implementers.emplace(names[nodes.front()].file, names[nodes.front()].name);
    }
    for (const auto& call : sketch->calls()) {
      if (!call.through_field || call.callee != field ||
          sketch->arguments(call).size() != arguments)
        continue;
      auto function = function_at(*sketch, call.line);
      KILLIFY_TRY(auto type, types.struct_of(sketch->base(call),
                                             declared_structs(*sketch, function), entry->path));
      if (type.empty()) {
        result.objection = fmt::format("whether {}:{} calls {}.{} is not known", entry->path,
                                       call.line, in, field);
        return result;
      }
      if (type == in) result.callers.emplace(entry->path, function);
    }
  }
  return result;
}

Result<std::vector<MemberUse>> member_uses_in(const Sketch& sketch, const std::string& file,
                                              Types& types, const std::string& in,
                                              const std::string& member) {
  std::vector<MemberUse> uses;
  auto tokens = tokens_of(sketch.text());
  for (std::size_t i = 3; i + 1 < tokens.size(); ++i) {
    bool dot = is_mark(tokens[i - 1], '.');
    bool arrow = is_mark(tokens[i - 1], '>') && is_mark(tokens[i - 2], '-');
    if (tokens[i].text != member || (!dot && !arrow)) continue;
    MemberUse use{.function = function_at(sketch, tokens[i].line), .line = tokens[i].line};
    bool initialises = dot && (is_mark(tokens[i - 2], '{') || is_mark(tokens[i - 2], ','));
    bool nested = false;
    std::string type;
    if (initialises) {
      type = initialised_struct(tokens, i, nested);
    } else {
      use.base = base_of(tokens, i - 1);
      KILLIFY_TRY(type, types.struct_of(use.base, declared_structs(sketch, use.function), file));
    }
    if (type == in && !use.function.empty() && !nested) {
      if (is_mark(tokens[i + 1], '=') && !is_mark(tokens[i + 2], '='))
        use.value = value_from(tokens, i + 2);
      uses.push_back(std::move(use));
    } else if (type == in || type.empty()) {
      use.objection = fmt::format("whether this is {} of struct {} is not known ({}:{})", member,
                                  in, file, use.line);
      uses.push_back(std::move(use));
    }
  }
  return uses;
}

Result<MemberUses> find_members(TreeFacts& facts, Names& names, Types& types, const std::string& in,
                                const std::string& member) {
  MemberUses result;
  KILLIFY_TRY(result.file, one_definition(facts, in, result.objection));
  if (!result.objection.empty()) return result;
  KILLIFY_TRY(result.position, types.elements_before(in, member, result.file));
  bool is_private = !result.file.starts_with("include/");
  auto may_mean_it = [&](const std::string& file) {
    return !is_private || names.driver(file) == names.driver(result.file);
  };
  for (const auto* entry : facts.words().files_with(member)) {
    if (!may_mean_it(entry->path)) continue;
    KILLIFY_TRY(const auto* sketch, facts.sketch(entry->path));
    KILLIFY_TRY(auto uses, member_uses_in(*sketch, entry->path, types, in, member));
    for (auto& use : uses) {
      if (!use.objection.empty()) {
        result.objection = std::move(use.objection);
        return result;
      }
      result.users.emplace(entry->path, use.function);
      if (!use.value.empty() && !use.base.empty())
        result.writes.emplace_back(entry->path, std::move(use));
    }
  }
  for (const auto* entry : facts.words().files_with(in)) {
    if (!may_mean_it(entry->path)) continue;
    KILLIFY_TRY(const auto* sketch, facts.sketch(entry->path));
    for (auto& object : objects_in(*sketch, in, member, result.position)) {
      if (object.kind == MadeObject::Kind::kNamed || object.kind == MadeObject::Kind::kPlaced)
        result.users.emplace(entry->path, object.function);
      result.objects.emplace_back(entry->path, std::move(object));
    }
  }
  return result;
}

Result<std::string> called_directly(TreeFacts& facts, const StateForm& form) {
  KILLIFY_TRY(const auto* here, facts.sketch(form.file));
  bool is_static = defines(*here, form.function, true);
  for (const auto* entry : facts.words().files_with(form.function)) {
    if (is_static && entry->path != form.file) continue;
    KILLIFY_TRY(const auto* sketch, facts.sketch(entry->path));
    for (const auto& use : sketch->uses(form.function))
      if (use.kind == Use::Kind::kCall || use.kind == Use::Kind::kMacro)
        return fmt::format("{}() is behind a function pointer and called directly ({}:{})",
                           form.function, entry->path, use.line);
  }
  return std::string();
}

}  // namespace killify
