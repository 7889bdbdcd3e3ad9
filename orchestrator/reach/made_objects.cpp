#include "reach/made_objects.h"

#include "facts/lexer.h"

#include <algorithm>
#include <array>

namespace killify {
namespace {

// "kzalloc", "kmem_cache_zalloc", "kzalloc_obj", "kcalloc": they give zeroed memory.
bool gives_zeroed(std::string_view callee) {
  return callee.find("zalloc") != std::string_view::npos || callee.starts_with("kcalloc") ||
         callee.starts_with("kvcalloc");
}

// The variable that a function returns, beside NULL and errors; "" where it is not one alone.
std::string returned_variable(const Flow& flow) {
  std::string variable;
  for (const auto& step : flow.steps) {
    if (step.kind == FlowStep::Kind::kUnclear) return {};
    if (step.kind != FlowStep::Kind::kReturn) continue;
    const auto code = step.code;
    const auto callee = called(code);
    if (code.empty() || callee == "ERR_PTR" || callee == "ERR_CAST" ||
        (code.size() == 1 && (code[0].text == "NULL" || code[0].text == "0")))
      continue;
    if (code.size() != 1 || code[0].kind != Token::Kind::kWord) return {};
    if (!variable.empty() && variable != code[0].text) return {};
    variable = code[0].text;
  }
  return variable;
}

bool is_member(Code code, std::size_t at) {
  return at > 0 && (code[at - 1].text == "->" || code[at - 1].text == ".");
}

// What is called for every value that a function gives a variable; nothing where it may have
// another value, too.
std::set<std::string> givers_of(const Flow& flow, std::string_view variable) {
  std::set<std::string> givers;
  if (std::ranges::find(flow.parameters, variable) != flow.parameters.end()) return {};
  for (const auto& step : flow.steps) {
    if (step.kind == FlowStep::Kind::kUnclear) return {};
    const auto code = step.code;
    for (std::size_t i = 0; i < code.size(); ++i) {
      if (code[i].text != variable || is_member(code, i)) continue;
      const auto next = i + 1 < code.size() ? code[i + 1].text : std::string_view();
      if (i > 0 && code[i - 1].text == "&" && next != "->" && next != ".") return {};
      if (next == "++" || next == "--") return {};
      const bool compares = next == "==" || next == "!=" || next == "<=" || next == ">=";
      if (!next.ends_with("=") || next.empty() || compares) continue;
      if (next != "=" || i + 3 >= code.size() || code[i + 2].kind != Token::Kind::kWord ||
          code[i + 3].text != "(")
        return {};
      const auto end = closing(code, i + 3);
      const bool whole = end + 1 >= code.size() || code[end + 1].text == "," ||
                         code[end + 1].text == ")" || code[end + 1].text == ";";
      if (!whole) return {};
      givers.emplace(code[i + 2].text);
    }
  }
  return givers;
}

// Tokens with the operators of C that matter here in one piece.
struct Piece {
  std::string_view text;
  int line = 0;
  bool word = false;
};
std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> words;
  Lexer lexer(text);
  for (Token token; lexer.next(token);) {
    if (!words.empty() && token.kind == Token::Kind::kPunctuation &&
        words.back().text.data() + words.back().text.size() == token.text.data()) {
      const std::string_view both(words.back().text.data(), words.back().text.size() + 1);
      if (both == "->" || both == "|=" || both == "&=" || both == "==" || both == "!=" ||
          both == "<=" || both == ">=" || both == "+=" || both == "-=" || both == "^=" ||
          both == "*=" || both == "++" || both == "--" || both == "&&" || both == "||" ||
          both == "<<" || both == ">>") {
        words.back().text = both;
        continue;
      }
    }
    words.push_back({token.text, token.line, is_word(token)});
  }
  return words;
}

// The first word of "a->b.c", whose last one is at `at`; `at` where nothing stands before it.
std::size_t begin_of(const std::vector<Piece>& words, std::size_t at) {
  auto first = at;
  while (first >= 2 && (words[first - 1].text == "->" || words[first - 1].text == ".")) {
    auto before = first - 2;
    if (!words[before].word && words[before].text != "]" && words[before].text != ")") return at;
    if (words[before].text == "]" || words[before].text == ")") {
      for (int depth = 0;; --before) {
        if (words[before].text == "]" || words[before].text == ")") ++depth;
        if ((words[before].text == "[" || words[before].text == "(") && --depth == 0) break;
        if (before == 0) return at;
      }
      if (before == 0 || !words[before - 1].word) return before;
      --before;
    }
    first = before;
  }
  return first;
}

std::string text_of(const std::vector<Piece>& words, std::size_t first, std::size_t end) {
  std::string text;
  for (auto i = first; i < end; ++i) text += std::string(words[i].text) + " ";
  return text;
}

enum class FieldUse { kRead, kSet, kChanged };  // kChanged: to who knows what

// What is done with "a->b", whose words are first..last: "=" and "|=" set it.
FieldUse use_at(const std::vector<Piece>& words, std::size_t first, std::size_t last) {
  constexpr std::array<std::string_view, 6> kChanges{"++", "--", "+=", "-=", "^=", "*="};
  constexpr std::array<std::string_view, 3> kWriters{"WRITE_ONCE", "swap", "get_user"};
  auto text = [&](std::size_t at) { return at < words.size() ? words[at].text : ""; };
  auto operand = [&](std::size_t at) {
    return words[at].word || words[at].text == ")" || words[at].text == "]";
  };
  auto one_of = [](const auto& all, std::string_view one) {
    return std::ranges::find(all, one) != all.end();
  };
  const auto before = first > 0 ? words[first - 1].text : std::string_view();
  if (before == "++" || before == "--") return FieldUse::kChanged;
  if (before == "&" && (first < 2 || !operand(first - 2))) return FieldUse::kChanged;
  if (before == "(" && first > 1 && one_of(kWriters, words[first - 2].text))
    return FieldUse::kChanged;
  const auto next = text(last + 1);
  if (next == "=" || next == "|=") return FieldUse::kSet;
  const bool shifts = (next == "<<" || next == ">>") && text(last + 2) == "=";
  if (one_of(kChanges, next) || shifts) return FieldUse::kChanged;
  auto behind = last + 1;
  while (text(behind) == ")") ++behind;
  const bool closed = behind > last + 1;
  return closed && (text(behind) == "=" || text(behind) == "|=" || one_of(kChanges, text(behind)))
             ? FieldUse::kChanged
             : FieldUse::kRead;
}

// Whether a struct may be written as a whole: "*op = ...", "memcpy(op, ...)", "copy_from_user(op,".
bool is_overwritten(const std::vector<Piece>& words, std::size_t at) {
  if (!words[at].word || at < 2 || at + 1 >= words.size()) return false;
  const auto& before = words[at - 1].text;
  const auto& callee = words[at - 2].text;
  if (before == "*" && words[at + 1].text == "=") return !words[at - 2].word;
  return before == "(" && words[at + 1].text == "," &&
         (callee.starts_with("mem") || callee.find("copy") != callee.npos);
}

// What an expression sets, if it does: the bits behind "=" and "|=".
Value bits_behind(const std::vector<Piece>& words, std::size_t at) {
  auto end = at;
  for (int depth = 0; end < words.size(); ++end) {
    const auto& text = words[end].text;
    if (text == "(" || text == "[" || text == "{") ++depth;
    if ((text == ")" || text == "]" || text == "}") && --depth < 0) break;
    if (depth == 0 && (text == ";" || text == ",")) break;
  }
  auto value = evaluate(text_of(words, at, end), {});
  return value.kind == Value::Kind::kBits && !value.open ? value : Value::unknown();
}

}  // namespace

Result<std::string> MadeObjects::made_by(NodeId maker) {
  if (auto it = made_.find(maker); it != made_.end()) return it->second;
  made_[maker] = {};  // of one that calls itself
  const auto node = names_[maker];
  if (node.is_macro) return std::string();
  KILLIFY_TRY(const auto sketch, facts_.look_at(node.file));
  std::string in;
  for (const auto& flow : flows_of(*sketch, node.name, 0, {})) {
    const auto variable = returned_variable(*flow);
    const auto givers = givers_of(*flow, variable);
    if (variable.empty() || givers.empty() || !std::ranges::all_of(givers, gives_zeroed))
      return std::string();
    const auto structs = declared_structs(*sketch, node.name);
    auto it = structs.find(variable);
    if (it == structs.end() || (!in.empty() && in != it->second)) return std::string();
    in = it->second;
  }
  return made_[maker] = in;
}

Result<bool> MadeObjects::makes_own(const Sketch& sketch, const std::string& file,
                                    const std::string& function, const std::string& variable) {
  const auto flows = flows_of(sketch, function, 0, {});
  for (const auto& flow : flows) {
    const auto givers = givers_of(*flow, variable);
    if (givers.empty()) return false;
    for (const auto& giver : givers) {
      if (gives_zeroed(giver)) continue;
      KILLIFY_TRY(const auto nodes, names_.resolve(giver, file));
      if (nodes.empty()) return false;
      for (auto id : nodes) {
        KILLIFY_TRY(const auto made, made_by(id));
        if (made.empty()) return false;
      }
    }
  }
  return !flows.empty();
}

Status MadeObjects::add_writes(const std::string& file, const std::string& in,
                               const std::string& field, Writes& writes) {
  KILLIFY_TRY(const auto sketch, facts_.look_at(file));
  const auto words = pieces_of(sketch->text());
  for (std::size_t i = 2; i + 1 < words.size() && writes; ++i) {
    const bool arrow = words[i - 1].text == "->";
    if (words[i].text != field || !(arrow || words[i - 1].text == ".")) continue;
    const auto first = begin_of(words, i);
    if (first == i && !arrow) continue;  // ".field = value" of an initialiser: of another object
    const auto use = use_at(words, first, i);
    if (use == FieldUse::kRead) continue;
    const auto* extent = extent_at(*sketch, words[i].line);
    if (extent == nullptr) {  // in a macro, of who knows what
      writes.reset();
      break;
    }
    const auto base = text_of(words, first, i - 1);
    KILLIFY_TRY(const auto of,
                types_.struct_of(base, declared_structs(*sketch, extent->name), file));
    if (!of.empty() && of != in) continue;
    if (of.empty() || use == FieldUse::kChanged) {
      writes.reset();
      break;
    }
    Write write{.file = file, .function = extent->name, .bits = bits_behind(words, i + 2)};
    if (first + 2 == i) {
      KILLIFY_TRY(write.own,
                  makes_own(*sketch, file, extent->name, std::string(words[first].text)));
    }
    writes->push_back(std::move(write));
  }
  return {};
}

Result<bool> MadeObjects::is_overwritten_anywhere(const std::string& in,
                                                  const std::string& defined_in) {
  auto [it, added] = overwritten_.try_emplace({defined_in, in}, false);
  if (!added) return it->second;
  for (const auto* entry : facts_.words().files_with(in)) {
    if (names_.driver(entry->path) != names_.driver(defined_in)) continue;
    KILLIFY_TRY(const auto sketch, facts_.look_at(entry->path));
    const auto words = pieces_of(sketch->text());
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (!is_overwritten(words, i)) continue;
      const auto* function = extent_at(*sketch, words[i].line);
      if (function == nullptr) return it->second = true;  // in a macro, of who knows what
      const auto variables = declared_structs(*sketch, function->name);
      auto type = variables.find(words[i].text);
      if (type != variables.end() && type->second == in) return it->second = true;
    }
  }
  return false;
}

Result<const MadeObjects::Writes*> MadeObjects::writes_of(const std::string& in,
                                                          const std::string& field,
                                                          const std::string& defined_in) {
  auto [it, added] = writes_.try_emplace({defined_in + ":" + in, field});
  if (!added) return &it->second;
  KILLIFY_TRY(const bool overwritten, is_overwritten_anywhere(in, defined_in));
  if (overwritten) return &it->second;
  it->second.emplace();
  for (const auto* entry : facts_.words().files_with(field)) {
    if (names_.driver(entry->path) != names_.driver(defined_in)) continue;
    KILLIFY_CHECK(add_writes(entry->path, in, field, it->second));
    if (!it->second) break;
  }
  return &it->second;
}

Result<Value> MadeObjects::of(const std::string& maker, const Body& caller, const std::string& file,
                              const std::set<std::string>& asked) {
  KILLIFY_TRY(const auto nodes, names_.resolve(maker, file));
  if (nodes.size() != 1) return Value::unknown();
  const auto& node = names_[nodes.front()];
  KILLIFY_TRY(const auto in, made_by(nodes.front()));
  if (in.empty()) return Value::unknown();
  auto fields = asked;
  for (const auto& [variable, set] : caller.fields)
    for (const auto& [field, targets] : set) fields.insert(field);
  Object object;
  object.made = true;
  for (const auto& field : fields) {
    KILLIFY_TRY(const auto known_as, types_.private_field(in, field, file));
    if (known_as.kind == PrivateField::Kind::kNone) continue;
    KILLIFY_TRY(const auto* writes, writes_of(in, field, known_as.defined_in));
    if (!*writes) continue;
    auto bits = Value::bits({});
    bool here_only = true;
    bool known = known_as.kind == PrivateField::Kind::kNumber;
    for (const auto& write : **writes) {
      const bool here = write.function == caller.name && write.file == file;
      const bool there = write.function == node.name && write.file == node.file;
      if (write.own && !here && !there) continue;
      here_only = here_only && here;
      known = known && write.bits.known();
      bits.may.insert(write.bits.may.begin(), write.bits.may.end());
    }
    if (known)
      object.fields[field] = std::move(bits);
    else if (here_only)
      object.only_here.insert(field);
  }
  if (object.fields.empty() && object.only_here.empty()) return Value::unknown();
  return Value::of(std::make_shared<const Object>(std::move(object)));
}

}  // namespace killify
