#include "plan/twins.h"

#include "support/text.h"

#include <algorithm>
#include <cctype>

namespace killify {
namespace {

constexpr std::string_view kInterruptible = "interruptible";
constexpr std::string_view kState = "TASK_INTERRUPTIBLE";
// A longer one is better given a task state than copied.
constexpr int kMaxLines = 30;

std::string lower(std::string_view word) {
  std::string text(word);
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

bool says_interruptible(std::string_view word) {
  return word != kState && lower(word).find(kInterruptible) != std::string::npos;
}

// The words of comments that look like functions.
std::vector<std::string> names_in(std::string_view text) {
  std::vector<std::string> names;
  std::string word;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : ' ';
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') {
      word += c;
      continue;
    }
    if (word.find('_') != std::string::npos) names.push_back(word);
    word.clear();
  }
  return names;
}

std::string lines_of(const std::string& text, int first, int last) {
  std::string result;
  int number = 0;
  for (const auto& line : split_lines(text))
    if (++number >= first && number <= last) result += line + '\n';
  return result;
}

bool has_function(const Sketch& sketch, const std::string& name) {
  return std::ranges::any_of(sketch.functions(),
                             [&](const FunctionExtent& extent) { return extent.name == name; });
}

// The tokens of a definition that the compiler sees.
std::vector<Token> code_tokens(const std::string& text, const TopLevelItem& item) {
  auto tokens = tokens_of(text);
  std::erase_if(tokens, [&](const Token& token) {
    return token.directive || token.line < item.first || token.line > item.last;
  });
  return tokens;
}

}  // namespace

std::string killable_name(const std::string& name) {
  auto at = name.find(kInterruptible);
  if (at == std::string::npos) return {};
  return std::string(name).replace(at, kInterruptible.size(), "killable");
}

Result<std::string> TwinPlanner::plan(const std::string& model, const std::string& name,
                                      const std::string& user) {
  KILLIFY_TRY(bool there, vocabulary_.has(name));
  if (there) return std::string();
  if (!passes_.add) return passes_.why_not;
  const bool is_new = !entries_.contains(name);
  KILLIFY_TRY(auto objection, visit(model, name, user));
  if (!objection.empty()) return objection;
  // A driver's own static function is what the driver asked for, not a part of something else.
  if (is_new) entries_.at(name).twin.internal = false;
  // Functions whose comments name each other are looked at before the verdict on one is known.
  std::set<std::string> seen{name};
  return objection_below(name, seen);
}

Result<std::string> TwinPlanner::plan_guard(const std::string& guard_class,
                                            const std::string& primitive,
                                            const std::string& killable, std::string& made) {
  if (!passes_.add) return passes_.why_not;
  std::string header;
  std::optional<GuardDefinition> definition;
  for (const auto* file : facts_.words().files_with_any(guard_definers())) {
    if (!file->path.ends_with(".h") || file->path.starts_with("tools/")) continue;
    KILLIFY_TRY(const auto* sketch, facts_.sketch(file->path));
    const auto found = guard_definition(tokens_of(sketch->text()), guard_class);
    if (!found) continue;
    if (definition)
      return fmt::format("{} and {} define the class {}", header, file->path, guard_class);
    definition = found;
    header = file->path;
  }
  if (!definition)
    return fmt::format("where the class {} is defined is not understood", guard_class);
  const std::string base = guard_class.substr(0, guard_class.size() - definition->suffix.size());
  if (definition->suffix == "_intr") made = base + "_kill";
  if (definition->suffix == "_interruptible") made = base + "_killable";
  if (made.empty())
    return fmt::format("the name of the class {} does not say that it is interruptible",
                       guard_class);
  if (entries_.contains(made)) return entries_.at(made).objection;
  KILLIFY_TRY(const auto* classes, facts_.guard_classes());
  if (classes->contains(made))
    return fmt::format("the class {} of the tree does not take the lock by {}()", made, killable);
  auto& entry = entries_[made];
  entry.twin = {.name = made,
                .model = guard_class,
                .declared_in = header,
                .guard = true,
                .files = {header},
                .renames = {{primitive, killable}},
                .findings = {}};
  if (entries_.contains(killable)) {
    entry.callees = {killable};
  } else {
    KILLIFY_TRY(const bool known, declared_beside(primitive, killable, header, definition->first));
    if (!known)
      entry.objection = fmt::format("where the class {} is defined, {}() may not be known ({}:{})",
                                    guard_class, killable, header, definition->first);
  }
  if (entry.objection.empty())
    facts_.add_guard_class(made, classes->find(guard_class)->second, killable);
  return entry.objection;
}

// Whether a header that declares the one declares the other, too; before this line, if it is this
// header.
Result<bool> TwinPlanner::declared_beside(const std::string& primitive, const std::string& killable,
                                          const std::string& header, int line) {
  for (const auto* file : facts_.words().files_with(killable)) {
    if (!file->path.ends_with(".h") || file->path.starts_with("tools/")) continue;
    KILLIFY_TRY(const auto* sketch, facts_.sketch(file->path));
    const auto declares = [&, here = file->path == header](const std::string& name) {
      const auto before = [&](int at) { return !here || at < line; };
      return std::ranges::any_of(top_level_items(*sketch, name),
                                 [&](const TopLevelItem& item) { return before(item.first); }) ||
             std::ranges::any_of(sketch->macros(), [&](const MacroDefinition& macro) {
               return macro.name == name && before(macro.line);
             });
    };
    if (declares(primitive) && declares(killable)) return true;
  }
  return false;
}

std::string TwinPlanner::objection_below(const std::string& name,
                                         std::set<std::string>& seen) const {
  const auto& entry = entries_.at(name);
  if (!entry.objection.empty()) return entry.objection;
  for (const auto& callee : entry.callees) {
    if (!seen.insert(callee).second) continue;
    auto objection = objection_below(callee, seen);
    if (!objection.empty()) return fmt::format("{}() is needed: {}", callee, objection);
  }
  return {};
}

std::vector<Twin> TwinPlanner::twins_for(const std::string& name) const {
  std::set<std::string> seen;
  std::vector<Twin> twins;
  collect(name, seen, twins);
  return twins;
}

void TwinPlanner::collect(const std::string& name, std::set<std::string>& seen,
                          std::vector<Twin>& twins) const {
  auto found = entries_.find(name);
  if (found == entries_.end() || !found->second.objection.empty() || !seen.insert(name).second)
    return;
  for (const auto& callee : found->second.callees) collect(callee, seen, twins);
  twins.push_back(found->second.twin);
  for (const auto& companion : found->second.companions) {
    std::set<std::string> visited{companion};
    if (objection_below(companion, visited).empty()) collect(companion, seen, twins);
  }
}

Result<std::string> TwinPlanner::visit(const std::string& model, const std::string& name,
                                       const std::string& caller_file) {
  auto [found, is_new] = entries_.try_emplace(name);
  if (!is_new) {
    if (found->second.twin.model != model)
      return fmt::format("{}() would be the counterpart of two functions", name);
    return found->second.objection;
  }
  auto& entry = found->second;  // a map's elements stay where they are
  entry.twin.name = name;
  entry.twin.model = model;
  KILLIFY_TRY(const auto places, places_of(caller_file, entry));
  for (const auto& place : places) {
    if (!entry.objection.empty()) return entry.objection;
    KILLIFY_CHECK(look_at(place, entry));
  }
  return entry.objection;
}

// All definitions and prototypes of the model.
Result<std::vector<TwinPlanner::Body>> TwinPlanner::places_of(const std::string& caller_file,
                                                              Entry& entry) {
  auto& twin = entry.twin;
  std::vector<std::string> files;
  for (const auto* file : facts_.words().files_with(twin.model))
    if (!file->path.starts_with("tools/")) files.push_back(file->path);
  if (!caller_file.empty()) {  // a static function of the caller's file hides all others
    KILLIFY_TRY(const auto* sketch, facts_.sketch(caller_file));
    if (has_function(*sketch, twin.model)) files = {caller_file};
  }
  std::vector<Body> places;
  bool defined = false;
  std::string header;
  for (const auto& file : files) {
    KILLIFY_TRY(const auto* sketch, facts_.sketch(file));
    auto is_model = [&](const MacroDefinition& macro) { return macro.name == twin.model; };
    if (std::ranges::any_of(sketch->macros(), is_model)) {
      entry.objection = fmt::format("{}() is a macro ({})", twin.model, file);
      return places;
    }
    auto items = top_level_items(*sketch, twin.model);
    const bool is_header = file.ends_with(".h");
    if (!is_header && file != caller_file)
      std::erase_if(items, [](const TopLevelItem& item) { return item.is_static; });
    if (items.empty()) continue;
    std::size_t exports = 0;
    for (const auto& use : sketch->uses(twin.model)) exports += use.kind == Use::Kind::kExport;
    for (const auto& item : items) {
      defined |= item.definition;
      exports -= item.exported != 0 ? 1 : 0;
      twin.internal |= item.is_static && !is_header;
      places.push_back({file, sketch->text(), item});
    }
    if (exports != 0)
      entry.objection = fmt::format("{} does not export {}() right behind it", file, twin.model);
    twin.files.push_back(file);
    if (is_header && (header.empty() || file.starts_with("include/"))) header = file;
  }
  if (!defined) entry.objection = fmt::format("{}() is not defined as a function", twin.model);
  if (defined) twin.declared_in = header.empty() ? twin.files.front() : header;
  return places;
}

Status TwinPlanner::look_at(const Body& body, Entry& entry) {
  const auto& model = entry.twin.model;
  auto& objection = entry.objection;
  KILLIFY_CHECK(look_at_comment(body, entry));
  if (!body.item.apart) {
    objection = fmt::format("{}:{}: {}() shares its lines with other code", body.file,
                            body.item.first, model);
    return {};
  }
  if (!body.item.definition) return {};
  if (body.item.last - body.item.first >= kMaxLines) {
    objection = fmt::format("{}() is too long to be copied: {} lines ({}:{})", model,
                            body.item.last - body.item.first + 1, body.file, body.item.first);
    return {};
  }
  const auto tokens = code_tokens(body.text, body.item);
  bool in_body = false;
  bool understood = false;
  for (std::size_t i = 0; i < tokens.size() && objection.empty(); ++i) {
    const std::string word(tokens[i].text);
    if (word == "{") in_body = true;
    if (!in_body) continue;
    if (word == "static")
      objection =
          fmt::format("{}() has a static variable ({}:{})", model, body.file, tokens[i].line);
    if (tokens[i].kind == Token::Kind::kString && says_interruptible(word))
      objection =
          fmt::format("{}() has a text that says so ({}:{})", model, body.file, tokens[i].line);
    if (!is_word(tokens[i])) continue;
    understood |= word == kState;
    if (catalogue_.find(word) == nullptr && !says_interruptible(word)) continue;
    understood = true;
    const bool is_called = i + 1 < tokens.size() && tokens[i + 1].text == "(" &&
                           tokens[i - 1].text != "." && tokens[i - 1].text != ">";
    KILLIFY_CHECK(look_at_word(body, word, is_called, entry));
  }
  if (objection.empty() && !understood)
    objection = fmt::format("nothing in {}() shows what makes it interruptible ({}:{})", model,
                            body.file, body.item.first);
  if (!objection.empty()) return {};
  return look_at_state(body, entry);
}

Status TwinPlanner::look_at_word(const Body& body, const std::string& word, bool called,
                                 Entry& entry) {
  const auto& model = entry.twin.model;
  const auto* sink = catalogue_.find(word);
  using Kind = SinkCondition::Kind;
  if (!called) {
    entry.objection = fmt::format("{}() uses '{}' otherwise than by calling it", model, word);
    return {};
  }
  std::string other = killable_name(word);
  if (sink != nullptr) {
    const bool by_hand = sink->result == SinkResult::kNothing || sink->queue;
    if (by_hand) {
      entry.objection =
          fmt::format("{}() sleeps in {}(): what wakes it is not known to be heard", model, word);
      return {};
    }
    if (sink->condition.kind == Kind::kArgumentState) return {};  // look_at_state() sees to it
    if (sink->condition.kind != Kind::kAlways) {
      entry.objection = fmt::format("{}() gives {}() a flag", model, word);
      return {};
    }
    other = sink->counterpart.value_or("");
  }
  if (other.empty()) {
    entry.objection = fmt::format("{}() calls {}(), which has no killable form", model, word);
    return {};
  }
  entry.twin.renames[word] = other;
  KILLIFY_TRY(bool there, vocabulary_.has(other));
  KILLIFY_TRY(const auto* sketch, facts_.sketch(body.file));
  if (there || has_function(*sketch, other)) return {};
  KILLIFY_TRY(auto objection, visit(word, other, body.file));
  if (!objection.empty())
    entry.objection = fmt::format("{}() calls {}(): {}", model, word, objection);
  else if (std::ranges::find(entry.callees, other) == entry.callees.end())
    entry.callees.push_back(other);
  return {};
}

// TASK_INTERRUPTIBLE has to be handed to functions that do with any state what they do with this.
Status TwinPlanner::look_at_state(const Body& body, Entry& entry) {
  const auto tokens = code_tokens(body.text, body.item);
  auto left =
      std::ranges::count_if(tokens, [](const Token& token) { return token.text == kState; });
  if (left == 0) return {};
  KILLIFY_TRY(const auto* sketch, facts_.sketch(body.file));
  for (const auto& call : sketch->calls()) {
    if (call.line < body.item.first || call.line > body.item.last || call.function < 0) continue;
    const auto arguments = sketch->arguments(call);
    const auto given = std::ranges::count(arguments, kState);
    if (given == 0) continue;
    left -= given;
    KILLIFY_TRY(bool compares, compares_state(std::string(call.callee), body.file));
    if (call.through_field || compares) {
      entry.objection = fmt::format(
          "{}() hands {} to {}(), which may not do the same with another "
          "state ({}:{})",
          entry.twin.model, kState, call.callee, body.file, call.line);
      return {};
    }
  }
  if (left != 0)
    entry.objection = fmt::format("{}() uses {} otherwise than as an argument ({}:{})",
                                  entry.twin.model, kState, body.file, body.item.first);
  return {};
}

Result<bool> TwinPlanner::compares_state(const std::string& callee, const std::string& file) {
  KILLIFY_TRY(auto files, facts_.files_defining(callee));
  files.push_back(file);
  bool known = false;
  for (const auto& path : files) {
    KILLIFY_TRY(const auto* sketch, facts_.sketch(path));
    for (const auto& extent : sketch->functions()) {
      if (extent.name != callee) continue;
      known = true;
      const auto body = lines_of(sketch->text(), extent.first, extent.last);
      const auto tokens = tokens_of(body);
      if (std::ranges::any_of(tokens, [](const Token& token) { return token.text == kState; }))
        return true;
    }
  }
  return !known;
}

// A comment that sends the reader to another interruptible function ("then call foo_slow()") has
// to send the reader of its copy to that one's counterpart.
Status TwinPlanner::look_at_comment(const Body& body, Entry& entry) {
  if (body.item.comment == 0) return {};
  for (const auto& word : names_in(lines_of(body.text, body.item.comment, body.item.first - 1))) {
    if (word == entry.twin.model || !says_interruptible(word)) continue;
    const auto* sink = catalogue_.find(word);
    const auto other =
        sink != nullptr && sink->counterpart ? *sink->counterpart : killable_name(word);
    if (other.empty()) continue;
    KILLIFY_TRY(bool there, vocabulary_.has(other));
    if (!there) {
      KILLIFY_TRY(const auto objection, visit(word, other, {}));
      if (!objection.empty()) continue;
      entry.companions.push_back(other);
    }
    entry.twin.renames[word] = other;
  }
  return {};
}

}  // namespace killify
