#include "reach/types.h"

#include <algorithm>

namespace killify {
namespace {

// The index behind the bracket that closes tokens[open].
std::size_t behind(const std::vector<Token>& tokens, std::size_t open) {
  int depth = 0;
  for (auto i = open; i < tokens.size(); ++i) {
    if (tokens[i].text == "(" || tokens[i].text == "[") ++depth;
    if ((tokens[i].text == ")" || tokens[i].text == "]") && --depth == 0) return i + 1;
  }
  return tokens.size();
}

std::string text_between(const std::vector<Token>& tokens, std::size_t first, std::size_t end) {
  std::string text;
  for (auto i = first; i < end; ++i) text += std::string(tokens[i].text) + " ";
  return text;
}

}  // namespace

std::string struct_name(std::string_view type) {
  auto tokens = tokens_of(type);
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i)
    if (tokens[i].text == "struct" || tokens[i].text == "union")
      return std::string(tokens[i + 1].text);
  return {};
}

std::set<std::string> Types::take_missing() {
  return std::exchange(missing_, {});
}

Result<std::string> Types::struct_of(const std::string& expression, const Body& body,
                                     const std::string& file) {
  auto tokens = tokens_of(expression);
  std::size_t i = 0;
  while (i < tokens.size() && (tokens[i].text == "&" || tokens[i].text == "*")) ++i;
  if (i >= tokens.size()) return std::string();
  std::string current;
  if (tokens[i].text == "(") {
    auto end = behind(tokens, i);
    auto inside = text_between(tokens, i + 1, end - 1);
    bool cast = end < tokens.size() && tokens[end].text != "-" && tokens[end].text != ".";
    if (cast) {
      current = struct_name(inside);
      i = tokens.size();
    } else {
      KILLIFY_TRY(current, struct_of(inside, body, file));
      i = end;
    }
  } else if (i + 1 < tokens.size() && tokens[i + 1].text == "(") {
    KILLIFY_TRY(current, call_type(std::string(tokens[i].text), file));
    i = behind(tokens, i + 1);
  } else {
    auto type = body.types.find(std::string(tokens[i].text));
    if (type != body.types.end()) current = struct_name(type->second);
    ++i;
  }
  while (i < tokens.size() && !current.empty()) {
    if (tokens[i].text == "[") {
      i = behind(tokens, i);
      continue;
    }
    i += tokens[i].text == "-" ? 2 : 1;
    if (i >= tokens.size()) return std::string();
    KILLIFY_TRY(auto type, field_type(current, std::string(tokens[i].text), file));
    current = struct_name(type);
    ++i;
  }
  return current;
}

Result<std::string> Types::field_type(const std::string& in, const std::string& field,
                                      const std::string& file) {
  std::pair key{in, field};
  if (auto it = fields_.find(key); it != fields_.end()) return it->second;
  KILLIFY_TRY(auto files, facts_.files_defining_struct(in));
  // Drivers have structs of one name: each means its own.
  bool own = std::any_of(files.begin(), files.end(), [&](const std::string& path) {
    return names_.driver(path) == names_.driver(file);
  });
  for (const auto& path : files) {
    if (own && names_.driver(path) != names_.driver(file)) continue;
    if (!facts_.read_so_far().contains(path)) {
      missing_.insert(path);
      continue;
    }
    KILLIFY_TRY(const auto* facts, facts_.of(path));
    for (const auto& one : facts->fields) {
      if (one.in != in || one.field != field) continue;
      if (!own) fields_[key] = one.type;
      return one.type;
    }
  }
  return std::string();
}

Result<std::string> Types::call_type(const std::string& callee, const std::string& file) {
  KILLIFY_TRY(auto nodes, names_.resolve(callee, file));
  for (auto id : nodes) {
    auto node = names_[id];
    if (node.is_macro) {
      KILLIFY_TRY(const auto* sketch, facts_.sketch(node.file));
      for (const auto& macro : sketch->macros())
        if (macro.name == callee)
          if (auto name = struct_name(text_between(macro.body, 0, macro.body.size()));
              !name.empty())
            return name;
    } else if (!facts_.read_so_far().contains(node.file)) {
      missing_.insert(node.file);
    } else {
      KILLIFY_TRY(const auto* facts, facts_.of(node.file));
      if (const auto* function = facts->function(callee))
        if (auto name = struct_name(function->returns); !name.empty()) return name;
    }
  }
  return std::string();
}

}  // namespace killify
