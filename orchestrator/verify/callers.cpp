#include "verify/callers.h"

#include "facts/sketch.h"
#include "support/text.h"

#include <algorithm>
#include <memory>
#include <set>

namespace killify {
namespace {

using Kind = Use::Kind;

// Does the file keep a function of this name to itself?
bool has_own(const Sketch& sketch, const std::string& name) {
  return std::ranges::any_of(sketch.functions(), [&](const FunctionExtent& function) {
    return function.is_static && function.name == name;
  });
}

bool uses(const Sketch& sketch, const std::string& name) {
  return !has_own(sketch, name) && std::ranges::any_of(sketch.uses(name), [](const Use& use) {
    return use.kind != Kind::kDefinition && use.kind != Kind::kExport;
  });
}

// The functions and macros of a header that use the name.
std::vector<std::string> users_in(const Sketch& header, const std::string& name) {
  std::vector<std::string> users;
  for (const Use& use : header.uses(name))
    if (use.kind != Kind::kDefinition && !use.function.empty()) users.push_back(use.function);
  return users;
}

Result<std::unique_ptr<const Sketch>> sketch_of(const Repository& repository,
                                                const TreeEntry& entry) {
  KILLIFY_TRY(std::string text, repository.read_blob(entry.blob));
  return Sketch::of(std::move(text));
}

}  // namespace

std::size_t CallerReport::count(CodeChange change) const {
  return static_cast<std::size_t>(std::ranges::count_if(callers, [&](const Caller& caller) {
    return !caller.object.empty() && caller.problem.empty() && caller.difference.change == change;
  }));
}

Result<UnchangedCallers> unchanged_callers(const Repository& repository, const Snapshot& parent,
                                           const WordIndex& words,
                                           const std::vector<RenamedFunction>& renamed,
                                           const std::vector<std::string>& changed) {
  std::vector<std::string> open;
  for (const RenamedFunction& function : renamed) {
    const TreeEntry* file = parent.find(function.file);
    if (file != nullptr && file->path.ends_with(".c")) {
      KILLIFY_TRY(const auto sketch, sketch_of(repository, *file));
      if (has_own(*sketch, function.before)) continue;
    }
    open.push_back(function.before);
  }
  UnchangedCallers callers;
  callers.names = {open.begin(), open.end()};
  std::set<std::string> sources;
  while (!open.empty()) {
    const std::string name = std::move(open.back());
    open.pop_back();
    for (const TreeEntry* file : words.files_with(name)) {
      const bool header = file->path.ends_with(".h");
      if (!header &&
          (sources.contains(file->path) || std::ranges::find(changed, file->path) != changed.end()))
        continue;
      KILLIFY_TRY(const auto sketch, sketch_of(repository, *file));
      if (!header) {
        if (uses(*sketch, name)) sources.insert(file->path);
        continue;
      }
      for (std::string& user : users_in(*sketch, name))
        if (callers.names.insert(user).second) open.push_back(std::move(user));
    }
  }
  callers.sources = {sources.begin(), sources.end()};
  return callers;
}

Status find_calls(const Repository& repository, const Snapshot& parent,
                  const std::set<std::string>& names, Caller& caller) {
  std::set<std::string> functions;  // without ".part.0" and its like
  for (const FunctionDifference& one : caller.difference.functions)
    if (one.change == CodeChange::kOther)
      functions.insert(one.function.substr(0, one.function.find('.')));
  const TreeEntry* file = parent.find(caller.source);
  if (functions.empty() || file == nullptr) return {};
  KILLIFY_TRY(const auto sketch, sketch_of(repository, *file));
  std::set<std::string> calls;
  for (const SketchCall& call : sketch->calls()) {
    if (call.through_field || call.function < 0) continue;
    const auto& function = sketch->functions()[static_cast<std::size_t>(call.function)];
    std::string callee(call.callee);
    if (functions.contains(function.name) && names.contains(callee))
      calls.insert(callee + '(' + join(sketch->arguments(call), ", ") + ')');
  }
  caller.calls = {calls.begin(), calls.end()};
  return {};
}

}  // namespace killify
