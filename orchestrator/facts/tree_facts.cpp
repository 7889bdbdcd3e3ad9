#include "facts/tree_facts.h"

#include "facts/told_macros.h"
#include "support/parallel.h"
#include "support/text.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <utility>

namespace killify {
namespace {

constexpr std::size_t kLookedAtBytes = std::size_t{16} << 20;

// Says to spatch that what stands behind the macro's use is the body of a loop.
std::string iterator_line(const MacroDefinition& macro) {
  return fmt::format("#define {}({}) YACFE_ITERATOR", macro.name,
                     macro.variadic ? "..." : join(macro.parameters, ","));
}

bool has_guards(const Sketch& sketch) {
  const auto& calls = sketch.calls();
  return std::any_of(calls.begin(), calls.end(),
                     [](const SketchCall& call) { return is_guard_macro(call.callee); });
}

// What was known of initialisers outside of functions stays known, and what was lost stays lost.
void keep_initialisers(const SourceFacts& before, SourceFacts& now) {
  for (const auto& range : before.lost)
    if (!now.lost_in(range.first, range.last)) now.lost.push_back(range);
  std::sort(now.lost.begin(), now.lost.end(),
            [](const LineRange& a, const LineRange& b) { return a.first < b.first; });
  if (now.status == ParseStatus::kComplete && !now.lost.empty()) now.status = ParseStatus::kPartial;
  auto outside = [](const BindingFact& binding) { return binding.function.empty(); };
  std::erase_if(now.bindings, outside);
  std::copy_if(before.bindings.begin(), before.bindings.end(), std::back_inserter(now.bindings),
               outside);
  std::stable_sort(now.bindings.begin(), now.bindings.end(),
                   [](const BindingFact& a, const BindingFact& b) { return a.line < b.line; });
}

}  // namespace

Result<std::string> TreeFacts::text(const std::string& path) const {
  if (auto it = sketches_.find(path); it != sketches_.end() && it->second->as_written())
    return it->second->text();
  KILLIFY_TRY(const auto* file, entry(path));
  return repository_.read_blob(file->blob);
}

Result<const TreeEntry*> TreeFacts::entry(const std::string& path) const {
  const auto* found = snapshot_.find(path);
  if (found == nullptr) return fail("{}: no such file in {}", path, snapshot_.commit);
  return found;
}

Status TreeFacts::read_ahead(const std::vector<const TreeEntry*>& files,
                             std::string_view activity) {
  std::vector<Wanted> missing;
  for (const auto* file : std::set<const TreeEntry*>(files.begin(), files.end()))
    if (!facts_.contains(file->path)) missing.push_back({file, nullptr, true});
  return read_all(missing, activity);
}

Status TreeFacts::read_parts(const std::map<std::string, std::set<std::string>>& functions,
                             bool outside, std::string_view activity) {
  std::vector<Wanted> missing;
  for (const auto& [path, names] : functions) {
    if (facts_.contains(path)) continue;
    auto [known, first] = part_functions_.try_emplace(path);
    auto before = known->second.size();
    known->second.insert(names.begin(), names.end());
    const bool lacks_outside = outside && part_outside_.insert(path).second;
    if (!first && known->second.size() == before && !lacks_outside) continue;
    KILLIFY_TRY(const auto* file, entry(path));
    missing.push_back({file, &known->second, outside});
  }
  return read_all(missing, activity);
}

Status TreeFacts::read_all(const std::vector<Wanted>& wanted, std::string_view activity) {
  if (wanted.empty()) return {};
  progress_.begin(activity, wanted.size());
  std::atomic<std::size_t> done = 0;
  std::size_t partial = 0;
  // spatch's answers take more memory than what is kept of them.
  constexpr std::size_t kAtOnce = 256;
  for (std::size_t first = 0; first < wanted.size(); first += kAtOnce) {
    auto end =
        wanted.begin() + static_cast<std::ptrdiff_t>(std::min(wanted.size(), first + kAtOnce));
    std::vector<Wanted> some(wanted.begin() + static_cast<std::ptrdiff_t>(first), end);
    KILLIFY_CHECK(
        read_some(some, [&](const std::string& path) { progress_.advance(++done, path); }));
    for (const auto& one : some) {
      const auto& path = one.file->path;
      const auto& facts = one.functions != nullptr ? parts_.at(path) : facts_.at(path);
      if (facts.status != ParseStatus::kComplete) ++partial;
      if (!facts.why.empty()) progress_.note("warning: " + facts.why);
    }
  }
  progress_.end(partial == 0 ? counted(wanted.size(), "file")
                             : fmt::format("{}, {} not parsed whole",
                                           counted(wanted.size(), "file"), partial));
  return {};
}

Status TreeFacts::read_some(const std::vector<Wanted>& wanted,
                            const std::function<void(const std::string&)>& answered) {
  std::vector<const TreeEntry*> files;
  files.reserve(wanted.size());
  for (const auto& one : wanted) files.push_back(one.file);
  KILLIFY_CHECK(sketch_ahead(files));
  std::vector<Question> questions;
  questions.reserve(wanted.size());
  for (const auto& [file, functions, outside] : wanted) {
    const auto& sketch = *sketches_.at(file->path);
    KILLIFY_TRY(auto macros, told_macros(*this, sketch));
    if (functions == nullptr)
      questions.push_back({{file->path, sketch.text(), std::move(macros)},
                           sketch.as_written() ? file->blob : std::string()});
    else
      questions.push_back(
          {{file->path, with_bodies_of(sketch, *functions, outside), std::move(macros)}, {}});
  }
  KILLIFY_TRY(auto answers,
              coccinelle_.run_all(kSourcePatch, {}, questions,
                                  [&](const Question& one) { answered(one.source.path); }));
  std::vector<SourceFacts> found(wanted.size());
  KILLIFY_CHECK(parallel_for(wanted.size(), jobs_, [&](std::size_t i) -> Status {
    const auto& path = wanted[i].file->path;
    // What was left out of a part is not lost.
    auto part = wanted[i].functions == nullptr ? nullptr : Sketch::of(questions[i].source.text);
    found[i] = facts_from(path, part ? *part : *sketches_.at(path), answers[i]);
    answers[i] = {};
    return {};
  }));
  for (std::size_t i = 0; i < found.size(); ++i) {
    auto& kept = wanted[i].functions != nullptr ? parts_ : facts_;
    auto& facts = kept[found[i].path];
    if (!wanted[i].outside) keep_initialisers(facts, found[i]);
    facts = std::move(found[i]);
  }
  return {};
}

Status TreeFacts::sketch_ahead(const std::vector<const TreeEntry*>& files) {
  std::vector<const TreeEntry*> missing;
  for (const auto* file : files)
    if (!sketches_.contains(file->path)) missing.push_back(file);
  std::vector<std::shared_ptr<const Sketch>> made(missing.size());
  KILLIFY_CHECK(parallel_for(missing.size(), jobs_, [&](std::size_t i) -> Status {
    KILLIFY_TRY(auto source, repository_.read_blob(missing[i]->blob));
    made[i] = Sketch::of(std::move(source));
    return {};
  }));
  for (std::size_t i = 0; i < made.size(); ++i)
    sketches_.emplace(missing[i]->path, std::move(made[i]));
  for (const auto* file : missing) KILLIFY_CHECK(write_heads(sketches_.at(file->path)));
  return {};
}

Status TreeFacts::write_heads(std::shared_ptr<const Sketch>& sketch) {
  KILLIFY_TRY(auto macros, head_macros(*sketch));
  const bool guarded = has_guards(*sketch);
  if (macros.empty() && !guarded) return {};
  auto text = with_heads_written(sketch->text(), sketch->heads());
  std::vector<GuardLock> locks;
  if (guarded) {
    KILLIFY_CHECK(find_constructors(*sketch));
    text = with_locks_shown(text, *guard_classes_, locks);
  }
  auto again = Sketch::of(std::move(text), macros, std::move(locks));
  if (!again->as_written()) sketch = std::move(again);
  return {};
}

Result<const GuardClasses*> TreeFacts::guard_classes() {
  if (guard_classes_) return &*guard_classes_;
  GuardClasses classes;
  for (const auto* file : words_.files_with_any(guard_definers())) {
    if (!file->path.ends_with(".h") || file->path.starts_with("tools/")) continue;
    KILLIFY_TRY(const auto header, repository_.read_blob(file->blob));
    add_guard_classes(tokens_of(header), classes);
  }
  guard_classes_ = std::move(classes);
  return &*guard_classes_;
}

void TreeFacts::add_guard_class(const std::string& name, const GuardClass& model,
                                const std::string& function) {
  GuardClass added = model;
  added.before.replace(0, added.before.find('('), function);
  guard_classes_->try_emplace(name, std::move(added));
}

Status TreeFacts::find_constructors(const Sketch& sketch) {
  KILLIFY_CHECK(guard_classes());
  for (const auto& name : guard_classes_in(tokens_of(sketch.text()))) {
    if (guard_classes_->contains(name) || !asked_classes_.insert(name).second) continue;
    KILLIFY_TRY(const auto files, files_defining(guard_constructor(name)));
    if (!files.empty()) guard_classes_->emplace(name, constructed_class(name));
  }
  return {};
}

Result<std::shared_ptr<const Sketch>> TreeFacts::sketch_of(std::string text) {
  std::shared_ptr<const Sketch> made = Sketch::of(std::move(text));
  KILLIFY_CHECK(write_heads(made));
  return made;
}

namespace {

// The macros that may write whole functions: used outside of functions, with an argument that is a
// part of a name which a field is set to, while no function of that name is there.
void add_function_writers(const Sketch& sketch, std::set<std::string>& names) {
  std::set<std::string_view> bound;
  for (const auto& binding : sketch.bindings()) bound.insert(binding.target);
  for (const auto& function : sketch.functions()) bound.erase(function.name);
  if (bound.empty()) return;
  for (const auto& call : sketch.calls()) {
    if (call.function >= 0 || call.macro >= 0 || call.through_field) continue;
    for (const auto& argument : sketch.arguments(call))
      if (std::ranges::any_of(bound, [&](std::string_view name) {
            return name.size() > argument.size() && name.find(argument) != name.npos;
          }))
        names.insert(std::string(call.callee));
  }
}

}  // namespace

Result<std::vector<MacroDefinition>> TreeFacts::head_macros(const Sketch& sketch) {
  std::set<std::string> names;
  for (const auto& function : sketch.functions())
    if (function.typeless) names.insert(function.name);
  add_function_writers(sketch, names);
  for (const auto& macro : sketch.macros()) names.erase(macro.name);
  std::vector<MacroDefinition> found;
  for (const auto& name : names) {
    KILLIFY_TRY(auto files, files_defining_macro(name));
    for (const auto& file : files) {
      if (!file.ends_with(".h")) continue;
      KILLIFY_TRY(const auto* header, this->sketch(file));
      std::copy_if(header->macros().begin(), header->macros().end(), std::back_inserter(found),
                   [&](const MacroDefinition& macro) { return macro.name == name; });
    }
  }
  return found;
}

Result<const SourceFacts*> TreeFacts::of(const std::string& path) {
  if (auto it = facts_.find(path); it != facts_.end()) return &it->second;
  KILLIFY_TRY(const auto* file, entry(path));
  KILLIFY_CHECK(read_some({{file, nullptr, true}}, [](const std::string&) {}));
  return &facts_.at(path);
}

Result<const SourceFacts*> TreeFacts::part(const std::string& path) {
  if (!facts_.contains(path))
    if (auto it = parts_.find(path); it != parts_.end()) return &it->second;
  return of(path);
}

bool TreeFacts::has_part(const std::string& path, const std::string& function) const {
  if (facts_.contains(path)) return true;
  auto it = part_functions_.find(path);
  return it != part_functions_.end() && it->second.contains(function);
}

Result<const SourceFacts*> TreeFacts::part_with(const std::string& path,
                                                const std::string& function,
                                                std::string_view activity) {
  KILLIFY_CHECK(read_parts({{path, {function}}}, false, activity));
  return part(path);
}

std::map<std::string, const SourceFacts*> TreeFacts::read_so_far() const {
  std::map<std::string, const SourceFacts*> all;
  for (const auto* known : {&facts_, &parts_})
    for (const auto& [path, facts] : *known) all.try_emplace(path, &facts);
  return all;
}

Result<const Sketch*> TreeFacts::sketch(const std::string& path) {
  for (const auto* known : {&sketches_, &being_made_})
    if (auto it = known->find(path); it != known->end()) return it->second.get();
  KILLIFY_TRY(auto made, look_at(path));
  return (sketches_[path] = std::move(made)).get();
}

Result<std::shared_ptr<const Sketch>> TreeFacts::look_at(const std::string& path) {
  for (const auto* known : {&sketches_, &looked_at_, &being_made_})
    if (auto it = known->find(path); it != known->end()) return it->second;
  std::shared_ptr<const Sketch> made;
  if (auto it = looked_at_before_.find(path); it != looked_at_before_.end()) {
    made = it->second;
  } else {
    KILLIFY_TRY(const auto* file, entry(path));
    KILLIFY_TRY(auto source, repository_.read_blob(file->blob));
    made = being_made_[path] = Sketch::of(std::move(source));
    const auto done = write_heads(made);
    being_made_.erase(path);
    KILLIFY_CHECK(done);
  }
  if (looked_at_bytes_ > kLookedAtBytes) {
    looked_at_before_ = std::exchange(looked_at_, {});
    looked_at_bytes_ = 0;
  }
  looked_at_bytes_ += made->text().size();
  looked_at_.emplace(path, made);
  return made;
}

Result<std::set<std::string>> TreeFacts::loop_macros(const Sketch& sketch) {
  std::set<std::string, std::less<>> names;
  for (const auto& call : sketch.calls())
    if (call.heads_statement && !call.through_field) names.insert(std::string(call.callee));
  for (const auto& lock : sketch.guard_locks()) names.insert(lock.macro);
  std::set<std::string> lines;
  for (const auto& name : names) {
    KILLIFY_TRY(auto line, loop_macro(name));
    if (!line.empty()) lines.insert(std::move(line));
  }
  for (const auto& macro : sketch.macros()) {
    if (!names.contains(macro.name)) continue;
    KILLIFY_TRY(bool loop, is_loop(macro));
    if (loop) lines.insert(iterator_line(macro));
  }
  return lines;
}

Result<std::string> TreeFacts::loop_macro(const std::string& name) {
  if (auto it = loop_macros_.find(name); it != loop_macros_.end()) return it->second;
  loop_macros_[name] = "";  // should it lead to itself
  KILLIFY_TRY(auto files, files_defining_macro(name));
  for (const auto& file : files) {
    if (!file.ends_with(".h")) continue;
    KILLIFY_TRY(const auto* found, sketch(file));
    for (const auto& macro : found->macros()) {
      if (macro.name != name) continue;
      KILLIFY_TRY(bool loop, is_loop(macro));
      if (loop) return loop_macros_[name] = iterator_line(macro);
    }
  }
  return std::string();
}

Result<bool> TreeFacts::is_loop(const MacroDefinition& macro) {
  if (!macro.function_like) return false;
  auto first = std::find_if(macro.body.begin(), macro.body.end(),
                            [](const Token& token) { return !is_mark(token, '('); });
  if (first == macro.body.end() || !is_word(*first)) return false;
  if (first->text == "for" || first->text == "while" || first->text == "if") return true;
  if (first->text == macro.name) return false;
  KILLIFY_TRY(auto line, loop_macro(std::string(first->text)));
  return !line.empty();
}

template <typename Defines>
Result<std::vector<std::string>> TreeFacts::files_where(WordIndex::Definition what,
                                                        const std::string& name,
                                                        const Defines& defines) {
  if (auto it = defining_.find({what, name}); it != defining_.end()) return it->second;
  std::vector<std::string> files;
  for (const auto* file : words_.files_defining(what, name)) {
    KILLIFY_TRY(const auto* found, sketch(file->path));
    if (defines(*found, file->path)) files.push_back(file->path);
  }
  return defining_[{what, name}] = std::move(files);
}

Result<std::vector<std::string>> TreeFacts::files_defining(const std::string& name) {
  return files_where(WordIndex::Definition::kFunction, name,
                     [&](const Sketch& sketch, const std::string& path) {
                       const auto& functions = sketch.functions();
                       return std::any_of(functions.begin(), functions.end(), [&](const auto& one) {
                         return one.name == name && (!one.is_static || path.ends_with(".h"));
                       });
                     });
}

Result<std::vector<std::string>> TreeFacts::files_defining_macro(const std::string& name) {
  return files_where(
      WordIndex::Definition::kMacro, name, [&](const Sketch& sketch, const std::string&) {
        const auto& macros = sketch.macros();
        return std::any_of(macros.begin(), macros.end(),
                           [&](const auto& one) { return one.name == name && one.function_like; });
      });
}

Result<std::vector<std::string>> TreeFacts::files_defining_struct(const std::string& name) {
  return files_where(WordIndex::Definition::kStruct, name,
                     [&](const Sketch& sketch, const std::string&) {
                       const auto& structs = sketch.structs();
                       return std::find(structs.begin(), structs.end(), name) != structs.end();
                     });
}

}  // namespace killify
