#include "reach/object_kinds.h"

#include "facts/flow.h"
#include "facts/function_head.h"
#include "reach/bodies.h"
#include "reach/tables.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <set>

namespace killify {
namespace {

// "a->b" of the tokens, without blanks.
std::string text_of(Code code) {
  std::string text;
  for (const auto& token : code) text += token.text;
  return text;
}

bool is_null(std::string_view text) {
  return text == "NULL" || text == "0";
}

// "name = value" in the code of a step; the last one.
struct Given {
  std::string value;
  Code code;
};
std::optional<Given> given_to(Code code, std::string_view name) {
  std::optional<Given> given;
  for (std::size_t i = 0; i + 1 < code.size(); ++i) {
    if (code[i].text != name || code[i + 1].text != "=") continue;
    if (i > 0 && (code[i - 1].text == "->" || code[i - 1].text == ".")) continue;
    auto end = i + 2;
    for (int depth = 0; end < code.size(); ++end) {
      const auto& text = code[end].text;
      if (text == "(" || text == "[" || text == "{") ++depth;
      if ((text == ")" || text == "]" || text == "}") && --depth < 0) break;
      if (depth == 0 && text == ",") break;
    }
    auto value = code.subspan(i + 2, end - i - 2);
    given = Given{text_of(value), value};
  }
  return given;
}

// Whether a variable may get a value in another way than given_to() sees: "&name", "name++".
bool is_changed(Code code, std::string_view name) {
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code[i].text != name) continue;
    if (i > 0 && (code[i - 1].text == "->" || code[i - 1].text == ".")) continue;
    const bool address = i > 0 && code[i - 1].text == "&" &&
                         (i < 2 || (code[i - 2].kind == Token::Kind::kPunctuation &&
                                    code[i - 2].text != ")" && code[i - 2].text != "]"));
    const bool selects =
        i + 1 < code.size() && (code[i + 1].text == "->" || code[i + 1].text == ".");
    if (address && !selects) return true;
    if (i + 1 < code.size() &&
        (code[i + 1].text.ends_with("=") || code[i + 1].text == "++" || code[i + 1].text == "--") &&
        code[i + 1].text != "==" && code[i + 1].text != "!=" && code[i + 1].text != "<=" &&
        code[i + 1].text != ">=")
      return true;
  }
  return false;
}

// The steps that can be come to from `from` where the branches on `condition` go one way only.
std::set<std::size_t> reached(const Flow& flow, std::size_t from, const std::string& condition,
                              bool holds) {
  std::set<std::size_t> seen{from};
  std::deque<std::size_t> queue{from};
  while (!queue.empty()) {
    const auto& step = flow.steps[queue.front()];
    queue.pop_front();
    auto next = successors(step);
    if (step.kind == FlowStep::Kind::kBranch && !condition.empty()) {
      const auto text = text_of(step.code);
      if (text == condition) next = {holds ? step.next : step.otherwise};
      if (text == "!" + condition) next = {holds ? step.otherwise : step.next};
    }
    for (auto to : next)
      if (to < flow.steps.size() && seen.insert(to).second) queue.push_back(to);
  }
  return seen;
}

// "obj", "ops" and "mmap_ops" of "obj->ops->mmap_ops": what a branch asks of a table.
struct KindQuestion {
  std::string condition;  // as the branch has it, without "!"
  std::string object;
  std::string ops;
  std::string field;
  std::string table;
};
std::optional<KindQuestion> question_of(Code code) {
  if (!code.empty() && code[0].text == "!") code = code.subspan(1);
  auto word = [&](std::size_t i) { return code[i].kind == Token::Kind::kWord; };
  auto arrow = [&](std::size_t i) { return code[i].text == "->"; };
  if (code.size() == 5 && word(0) && arrow(1) && word(2) && arrow(3) && word(4))
    return KindQuestion{text_of(code),
                        std::string(code[0].text),
                        std::string(code[2].text),
                        std::string(code[4].text),
                        {}};
  if (code.size() == 6 && word(0) && arrow(1) && word(2) && code[3].text == "==" &&
      code[4].text == "&" && word(5))
    return KindQuestion{text_of(code),
                        std::string(code[0].text),
                        std::string(code[2].text),
                        {},
                        std::string(code[5].text)};
  return std::nullopt;
}

// The one argument of "f(argument)"; "" of anything else.
std::string only_argument(Code code) {
  if (code.size() < 4 || code[0].kind != Token::Kind::kWord || code[1].text != "(" ||
      closing(code, 1) != code.size() - 1)
    return {};
  auto arguments = divided(code.subspan(2, code.size() - 3), ",");
  return arguments.size() == 1 ? text_of(arguments[0]) : std::string();
}

}  // namespace

std::vector<std::string> members_of_path(std::string_view path) {
  std::vector<std::string> members;
  while (!path.empty()) {
    auto end = path.find("->");
    members.emplace_back(path.substr(0, end));
    path = end == std::string_view::npos ? std::string_view() : path.substr(end + 2);
  }
  return members;
}

// One function that puts a table in its place, and what it says of the object.
class InstalledAt {
 public:
  InstalledAt(ObjectKinds& kinds, const std::string& file, const Flow& flow,
              const FunctionExtent& function, std::string kept_in)
      : kinds_(kinds),
        file_(file),
        flow_(flow),
        function_(function),
        kept_in_(std::move(kept_in)) {}

  // `base` is the object that holds the table, "vma".
  Result<ObjectKinds::Kinds> at(std::size_t install, const std::string& base) {
    ObjectKinds::Kinds found;
    if (std::ranges::any_of(flow_.steps, [](const FlowStep& step) {
          return step.kind == FlowStep::Kind::kUnclear;
        }))
      return found;
    std::set<std::size_t> places{install};
    const auto kept = kept_beside(install, base, places);
    if (kept.empty()) return found;
    std::set<std::string> asked;
    for (std::size_t i = 0; i < flow_.steps.size(); ++i) {
      if (flow_.steps[i].kind != FlowStep::Kind::kBranch) continue;
      auto question = question_of(flow_.steps[i].code);
      if (!question || !asked.insert(question->condition).second) continue;
      const bool if_true = reached(flow_, 0, question->condition, true).contains(install);
      const bool if_false = reached(flow_, 0, question->condition, false).contains(install);
      places.insert(i);
      if (if_true == if_false || is_assigned_behind(places, question->object) ||
          is_assigned_behind(places, kept))
        continue;
      KILLIFY_TRY(auto path, path_to(kept, question->object));
      if (!path) continue;
      KILLIFY_TRY(const auto* sketch, kinds_.facts_.sketch(file_));
      const auto variables = declared_structs(*sketch, function_.name);
      KILLIFY_TRY(auto in, types_of(question->object, variables, file_));
      KILLIFY_TRY(auto of, types_of(question->object + "->" + question->ops, variables, file_));
      KILLIFY_TRY(bool changes, kinds_.changes(in, question->ops, of, file_));
      if (changes) continue;
      found.push_back({*path + "->" + question->ops, question->field, question->table, if_true});
    }
    return found;
  }

 private:
  // What "base->vm_private_data" is given, by steps that join `places`, on the ways that come to
  // the step, or go on from it; "" unless it is one variable.
  std::string kept_beside(std::size_t install, const std::string& base,
                          std::set<std::size_t>& places) const {
    const auto target = base + "->" + kept_in_;
    const auto after = reached(flow_, install, {}, true);
    std::set<std::string> values;
    for (std::size_t i = 0; i < flow_.steps.size(); ++i) {
      const auto& code = flow_.steps[i].code;
      const auto text = text_of(code);
      if (!text.starts_with(target + "=") || text.starts_with(target + "==")) continue;
      if (!after.contains(i) && !reached(flow_, i, {}, true).contains(install)) continue;
      values.insert(text.substr(target.size() + 1));
      places.insert(i);
    }
    if (values.size() != 1 || is_assigned(base)) return {};
    return single_name(*values.begin());
  }

  bool is_assigned(const std::string& name) const {
    return std::ranges::any_of(flow_.steps,
                               [&](const FlowStep& step) { return is_changed(step.code, name); });
  }

  // Whether a variable may be another one at one of the places than at the others.
  bool is_assigned_behind(const std::set<std::size_t>& places, const std::string& name) const {
    return std::ranges::any_of(places, [&](std::size_t place) {
      const auto behind = reached(flow_, place, {}, true);
      return std::ranges::any_of(
          behind, [&](std::size_t step) { return is_changed(flow_.steps[step].code, name); });
    });
  }

  std::optional<std::size_t> parameter(const std::string& name) const {
    auto it = std::ranges::find(flow_.parameters, name);
    if (it == flow_.parameters.end()) return std::nullopt;
    return static_cast<std::size_t>(it - flow_.parameters.begin());
  }

  // How one comes from what is kept to the object: "" where it is the object, "->obj".
  Result<std::optional<std::string>> path_to(const std::string& kept, const std::string& object) {
    if (kept == object) return std::optional<std::string>("");
    auto of_kept = parameter(kept);
    auto of_object = parameter(object);
    if (!of_kept || !of_object || is_assigned(kept) || is_assigned(object))
      return std::optional<std::string>();
    std::optional<std::string> path;
    for (const auto* entry : kinds_.facts_.words().files_with(function_.name)) {
      if (function_.is_static && entry->path != file_) continue;
      KILLIFY_TRY(const auto* sketch, kinds_.facts_.sketch(entry->path));
      for (const auto& use : sketch->uses(function_.name)) {
        if (use.kind == Use::Kind::kDefinition || use.kind == Use::Kind::kExport) continue;
        if (use.kind != Use::Kind::kCall || use.function.empty())
          return std::optional<std::string>();
        KILLIFY_TRY(auto linked, linked_in(*sketch, entry->path, use, *of_kept, *of_object, path));
        if (!linked) return std::optional<std::string>();
      }
    }
    return path;
  }

  // Whether a caller hands over what leads to the object beside it, or nothing. `path` is how, once
  // a caller has told.
  Result<bool> linked_in(const Sketch& sketch, const std::string& file, const Use& use,
                         std::size_t of_kept, std::size_t of_object,
                         std::optional<std::string>& path) {
    bool any = false;
    for (const auto& flow : flows_of(sketch, use.function, use.line, {})) {
      for (std::size_t i = 0; i < flow->steps.size(); ++i) {
        const auto& code = flow->steps[i].code;
        if (flow->steps[i].kind == FlowStep::Kind::kUnclear) return false;
        auto call = std::ranges::find_if(
            code, [&](const FlowToken& token) { return token.text == function_.name; });
        if (call == code.end()) continue;
        const auto open = static_cast<std::size_t>(call - code.begin()) + 1;
        if (open >= code.size() || code[open].text != "(") return false;
        const auto close = closing(code, open);
        if (close >= code.size()) return false;
        auto arguments = divided(code.subspan(open + 1, close - open - 1), ",");
        if (arguments.size() <= std::max(of_kept, of_object)) return false;
        const auto kept = text_of(arguments[of_kept]);
        const auto object = text_of(arguments[of_object]);
        any = true;
        if (is_null(kept)) continue;
        if (single_name(kept) != kept || single_name(object) != object) return false;
        KILLIFY_TRY(bool linked, pair_at(sketch, file, use.function, *flow, i, kept, object, path));
        if (!linked) return false;
      }
    }
    return any;
  }

  enum class Pair { kNothing, kLinked, kApart };  // what is kept: NULL, of this object, another's

  // Whether on every way to a step what is kept is NULL, or leads to the object.
  Result<bool> pair_at(const Sketch& sketch, const std::string& file, const std::string& function,
                       const Flow& flow, std::size_t at, const std::string& kept,
                       const std::string& object, std::optional<std::string>& path) {
    const auto variables = declared_structs(sketch, function);
    std::set<std::pair<std::size_t, Pair>> seen{{0, Pair::kApart}};
    std::deque<std::pair<std::size_t, Pair>> queue{{0, Pair::kApart}};
    while (!queue.empty()) {
      auto [index, pair] = queue.front();
      queue.pop_front();
      const auto& step = flow.steps[index];
      if (index == at) {
        if (pair == Pair::kApart) return false;
        continue;
      }
      KILLIFY_TRY(pair, behind(step.code, file, variables, kept, object, pair, path));
      for (auto to : successors(step))
        if (to < flow.steps.size() && seen.emplace(to, pair).second) queue.emplace_back(to, pair);
    }
    return true;
  }

  Result<Pair> behind(Code code, const std::string& file, const StructNames& variables,
                      const std::string& kept, const std::string& object, Pair pair,
                      std::optional<std::string>& path) {
    auto of_kept = given_to(code, kept);
    auto of_object = given_to(code, object);
    if (of_kept && of_object) return Pair::kApart;
    if (of_kept) {
      if (is_null(of_kept->value)) return Pair::kNothing;
      KILLIFY_TRY(bool made, made_for(of_kept->code, file, object, path));
      return made ? Pair::kLinked : Pair::kApart;
    }
    if (of_object) {
      if (pair == Pair::kNothing || only_argument(of_object->code) == object) return pair;
      auto from = only_argument(of_object->code);
      if (from.empty()) from = of_object->value;
      if (!from.starts_with(kept + "->")) return Pair::kApart;
      // A function that gives what it is given, with a reference: of the same type.
      KILLIFY_TRY(auto one, types_of(from, variables, file));
      KILLIFY_TRY(auto other, types_of(object, variables, file));
      const auto found = from.substr(kept.size());
      if (one.empty() || one != other || (path && *path != found)) return Pair::kApart;
      path = found;
      return Pair::kLinked;
    }
    return is_changed(code, kept) || is_changed(code, object) ? Pair::kApart : pair;
  }

  Result<std::string> types_of(const std::string& expression, const StructNames& variables,
                               const std::string& file) {
    return kinds_.types_.struct_of(expression, variables, file);
  }

  // Whether "f(..., object, ...)" gives what leads back to the object: it sets "->obj" of something
  // to what it is given.
  Result<bool> made_for(Code code, const std::string& file, const std::string& object,
                        std::optional<std::string>& path) {
    if (code.size() < 4 || code[0].kind != Token::Kind::kWord || code[1].text != "(" ||
        closing(code, 1) != code.size() - 1)
      return false;
    auto arguments = divided(code.subspan(2, code.size() - 3), ",");
    auto argument =
        std::ranges::find_if(arguments, [&](Code one) { return text_of(one) == object; });
    if (argument == arguments.end()) return false;
    const auto index = static_cast<std::size_t>(argument - arguments.begin());
    KILLIFY_TRY(auto nodes, kinds_.names_.resolve(std::string(code[0].text), file));
    if (nodes.size() != 1 || kinds_.names_[nodes[0]].is_macro) return false;
    const auto node = kinds_.names_[nodes[0]];
    KILLIFY_TRY(const auto* sketch, kinds_.facts_.sketch(node.file));
    for (const auto& flow : flows_of(*sketch, node.name, 0, {})) {
      if (index >= flow->parameters.size()) return false;
      const auto& parameter = flow->parameters[index];
      std::set<std::string> set;
      for (const auto& step : flow->steps) {
        const auto text = text_of(step.code);
        const auto end = text.find("->");
        if (is_changed(step.code, parameter)) return false;
        if (end != std::string::npos && text.ends_with("=" + parameter) &&
            text.find('=') == text.size() - parameter.size() - 1)
          set.insert(text.substr(end, text.size() - parameter.size() - 1 - end));
      }
      if (set.size() != 1 || (path && *path != *set.begin())) return false;
      path = *set.begin();
    }
    return path.has_value();
  }

  ObjectKinds& kinds_;
  const std::string& file_;
  const Flow& flow_;
  const FunctionExtent& function_;
  const std::string kept_in_;
};

// Whether the pointer to a table is given to such objects in more than one place of the driver:
// then an object may become one of another kind.
Result<bool> ObjectKinds::changes(const std::string& in, const std::string& field,
                                  const std::string& of, const std::string& file) {
  if (in.empty() || of.empty()) return true;
  std::set<std::pair<std::string, std::string>> functions;
  for (const auto* entry : facts_.words().files_with(field)) {
    if (names_.driver(entry->path) != names_.driver(file)) continue;
    KILLIFY_TRY(const auto* sketch, facts_.sketch(entry->path));
    KILLIFY_TRY(const auto* assignments, pointers_.assignments(entry->path));
    for (const auto& one : *assignments) {
      const auto arrow = one.target.ends_with("->" + field);
      if (!arrow && !one.target.ends_with("." + field)) continue;
      const auto base = one.target.substr(0, one.target.size() - field.size() - (arrow ? 2 : 1));
      const auto* function = extent_at(*sketch, one.line);
      if (base.empty() || function == nullptr) continue;  // an initialiser's
      KILLIFY_TRY(auto type,
                  types_.struct_of(base, declared_structs(*sketch, function->name), entry->path));
      // A table of another kind is no field of such an object.
      const auto table = struct_of_table(*sketch, single_name(one.value));
      if (type == in || (type.empty() && (table.empty() || table == of)))
        functions.emplace(entry->path, function->name);
    }
  }
  return functions.size() != 1;
}

// What every place of a file says that puts the table into "base->ops"; `places` counts them.
Result<ObjectKinds::Kinds> ObjectKinds::of_table(const std::string& table,
                                                 const std::string& file) {
  if (auto it = known_.find({table, file}); it != known_.end()) return it->second;
  auto& known = known_[{table, file}];
  std::size_t places = 0;
  std::vector<Kinds> all;
  KILLIFY_TRY(const auto* own, facts_.sketch(file));
  const auto* extent = table_named(*own, table);
  if (extent == nullptr) return known;
  for (const auto* entry : facts_.words().files_with(table)) {
    KILLIFY_TRY(const auto* sketch, facts_.sketch(entry->path));
    for (const auto& use : sketch->uses(table)) {
      const bool definition = entry->path == file && extent->first <= use.line &&
                              use.line <= extent->brace && use.function.empty();
      if (definition) continue;
      if (use.function.empty() || use.kind != Use::Kind::kValue) {
        // A static table of that name in another file is another one.
        if (entry->path != file && table_named(*sketch, table) != nullptr) break;
        return known;
      }
      KILLIFY_TRY(auto kinds, installed_in(table, entry->path, places));
      all.push_back(std::move(kinds));
      break;  // all of the file were looked at
    }
  }
  if (all.empty()) return known;
  Kinds common = all.front();
  for (const auto& one : all)
    std::erase_if(
        common, [&](const ObjectKind& kind) { return std::ranges::find(one, kind) == one.end(); });
  return known = std::move(common);
}

Result<ObjectKinds::Kinds> ObjectKinds::installed_in(const std::string& table,
                                                     const std::string& file, std::size_t& places) {
  KILLIFY_TRY(const auto* sketch, facts_.sketch(file));
  KILLIFY_TRY(const auto* assignments, pointers_.assignments(file));
  std::optional<Kinds> common;
  for (const auto& use : sketch->uses(table)) {
    if (use.function.empty()) {
      KILLIFY_TRY(const auto* there, facts_.sketch(file));
      if (const auto* extent = table_named(*there, table);
          extent != nullptr && extent->first <= use.line && use.line <= extent->brace)
        continue;
      return Kinds();
    }
    auto one = std::ranges::find_if(*assignments, [&](const TokenAssignment& assignment) {
      return assignment.line == use.line && assignment.value == "&" + table;
    });
    if (use.kind != Use::Kind::kValue || one == assignments->end()) return Kinds();
    auto arrow = one->target.rfind("->");
    if (arrow == std::string::npos) return Kinds();
    const auto base = one->target.substr(0, arrow);
    const auto* function = extent_at(*sketch, use.line);
    if (single_name(base) != base || function == nullptr) return Kinds();
    ++places;
    for (const auto& flow : flows_of(*sketch, function->name, use.line, {})) {
      const auto text = one->target + "=&" + table;
      for (std::size_t i = 0; i < flow->steps.size(); ++i) {
        if (flow->steps[i].line != use.line || text_of(flow->steps[i].code) != text) continue;
        Kinds here;
        for (const auto& root : roots_) {
          const auto path = members_of_path(root.object);
          if (path.size() < 2) continue;
          KILLIFY_TRY(here, InstalledAt(*this, file, *flow, *function, path.back()).at(i, base));
          break;
        }
        if (!common) common = here;
        std::erase_if(*common, [&](const ObjectKind& kind) {
          return std::ranges::find(here, kind) == here.end();
        });
      }
    }
    if (!common) return Kinds();
  }
  return common.value_or(Kinds());
}

Result<std::vector<ObjectKind>> ObjectKinds::of(const std::vector<Handler>& registrations) {
  if (std::ranges::all_of(roots_, [](const RootSpec& root) { return root.object.empty(); }))
    return Kinds();
  std::optional<Kinds> common;
  for (const auto& one : registrations) {
    KILLIFY_TRY(const auto* sketch, facts_.sketch(one.registered_in));
    const auto* extent = table_named(*sketch, one.ops);
    if (extent == nullptr || one.registered_line < extent->first ||
        extent->last < one.registered_line)
      return Kinds();
    KILLIFY_TRY(auto kinds, of_table(one.ops, one.registered_in));
    if (!common) common = kinds;
    std::erase_if(*common, [&](const ObjectKind& kind) {
      return std::ranges::find(kinds, kind) == kinds.end();
    });
    if (common->empty()) break;
  }
  return common.value_or(Kinds());
}

}  // namespace killify
