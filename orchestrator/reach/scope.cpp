#include "reach/scope.h"

#include "support/text.h"

#include <algorithm>
#include <deque>
#include <set>

namespace killify {
namespace {

// A use of a function that is not a call by a fault handler.
struct Foreign {
  std::string caller;  // a function of the same file, "" where it is no plain call
  std::string text;
};

// Whether a text has an #include "..." that can mean `path`.
bool includes(const std::string& text, const std::string& path) {
  for (const auto& line : split_lines(text)) {
    auto rest = trim(line);
    if (!rest.starts_with('#')) continue;
    rest = trim(rest.substr(1));
    auto open = rest.find('"');
    auto close = rest.rfind('"');
    if (!rest.starts_with("include") || open == close) continue;
    auto name = rest.substr(open + 1, close - open - 1);
    while (name.starts_with("../") || name.starts_with("./"))
      name.remove_prefix(name.find('/') + 1);
    if (path == name || path.ends_with("/" + std::string(name))) return true;
  }
  return false;
}

class FileScope {
 public:
  // Handlers, as (function, file), that the answer is needed for.
  using Asked = std::set<std::pair<std::string, std::string>>;

  FileScope(TreeFacts& facts, const Handlers& handlers, const SourceFacts& file, Asked asked)
      : facts_(facts), handlers_(handlers), file_(file), asked_(std::move(asked)) {}

  Result<std::vector<ScopedFunction>> compute() {
    for (const auto& handler : handlers_.all)
      if (handler.file == file_.path) KILLIFY_CHECK(reach_from(handler));
    KILLIFY_CHECK(find_shared());
    for (auto& scoped : scope_) scoped.shared = shared_[scoped.function->name];
    std::stable_sort(scope_.begin(), scope_.end(),
                     [](const ScopedFunction& a, const ScopedFunction& b) {
                       return a.function->first < b.function->first;
                     });
    return std::move(scope_);
  }

 private:
  // Breadth first, so that the chain kept is the shortest.
  Status reach_from(const Handler& handler) {
    std::set<const FunctionFact*> seen;
    std::deque<ScopedFunction> queue;
    // `#if` branches may define a name twice: all of them count.
    auto enqueue = [&](const std::string& name, const std::vector<Hop>& chain) {
      for (const auto* function : file_.functions_named(name)) {
        bool follow = chain.empty() || function->is_static;
        if (follow && seen.insert(function).second)
          queue.push_back({function, &handler, chain, {}});
      }
    };
    enqueue(handler.function, {});
    while (!queue.empty()) {
      auto current = std::move(queue.front());
      queue.pop_front();
      names_.insert(current.function->name);
      for (const auto* call : file_.calls_in(*current.function)) {
        auto chain = current.chain;
        chain.push_back({current.function->name, file_.path, call->line, "direct"});
        enqueue(call->callee, chain);
      }
      scope_.push_back(std::move(current));
    }
    return {};
  }

  // A function is shared when anything but functions that are not shared themselves uses it; found
  // by striking out until nothing changes.
  Status find_shared() {
    std::map<std::string, std::vector<Foreign>> foreign;
    for (const auto& name : names_) {
      KILLIFY_TRY(foreign[name], foreign_uses(name));
    }
    for (bool changed = true; changed;) {
      changed = false;
      for (const auto& name : names_) {
        if (!shared_[name].empty()) continue;
        for (const auto& use : foreign[name]) {
          bool by_handlers = names_.contains(use.caller) && shared_[use.caller].empty();
          if (by_handlers) continue;
          shared_[name] = use.text;
          changed = true;
          break;
        }
      }
    }
    return {};
  }

  // All uses of `name` but its definition and its being bound as a handler. Calls from this file
  // keep the caller's name, so that find_shared() can forgive them.
  Result<std::vector<Foreign>> foreign_uses(const std::string& name) {
    std::vector<Foreign> foreign;
    KILLIFY_CHECK(add_uses(name, file_.path, foreign));
    KILLIFY_TRY(auto text, facts_.text(file_.path));
    bool internal = is_internal(name);
    for (const auto* entry : facts_.words().files_with(name)) {
      if (entry->path == file_.path) continue;
      if (internal) {
        KILLIFY_TRY(auto other, facts_.text(entry->path));
        if (!includes(text, entry->path) && !includes(other, file_.path)) continue;
      }
      KILLIFY_CHECK(add_uses(name, entry->path, foreign));
    }
    return foreign;
  }

  // Only this file can name it, and files that it includes or that include it.
  bool is_internal(const std::string& name) const {
    auto functions = file_.functions_named(name);
    return !functions.empty() && !file_.path.ends_with(".h") &&
           std::all_of(functions.begin(), functions.end(),
                       [](const FunctionFact* function) { return function->is_static; });
  }

  Status add_uses(const std::string& name, const std::string& path, std::vector<Foreign>& foreign) {
    KILLIFY_TRY(auto text, facts_.text(path));
    auto tokens = tokens_of(text);
    auto extents = function_extents(tokens);
    bool other_file = path != file_.path;
    if (other_file && defines_static(name, extents)) return {};  // another function of that name
    for (const auto& use : uses_of(name, tokens, extents)) {
      auto where = fmt::format("{}:{}", path, use.line);
      switch (use.kind) {
        case Use::Kind::kDefinition:
        case Use::Kind::kExport:
          break;
        case Use::Kind::kCall:
          if (other_file && handlers_.contains(use.function, path)) {
            KILLIFY_TRY(bool only_faults, is_for_faults_only(use.function, path));
            if (only_faults) break;
          }
          foreign.push_back({other_file ? "" : use.function,
                             fmt::format("{}() calls it, too ({})", use.function, where)});
          break;
        case Use::Kind::kMacro:
          foreign.push_back({"", fmt::format("a macro uses it ({})", where)});
          break;
        case Use::Kind::kValue:
          if (!handlers_.bindings.contains({path, use.line}))
            foreign.push_back({"", fmt::format("its address is taken ({})", where)});
          break;
      }
    }
    return {};
  }

  // Whether a handler of another file runs in page faults only. Handlers that are being asked about
  // already are taken to: what speaks against them is found on the way.
  Result<bool> is_for_faults_only(const std::string& handler, const std::string& path) {
    auto asked = asked_;
    if (!asked.emplace(handler, path).second) return true;
    KILLIFY_TRY(const auto* file, facts_.of(path));
    KILLIFY_TRY(auto scope, FileScope(facts_, handlers_, *file, std::move(asked)).compute());
    return std::none_of(scope.begin(), scope.end(), [&](const ScopedFunction& scoped) {
      return scoped.function->name == handler && !scoped.shared.empty();
    });
  }

  static bool defines_static(const std::string& name, const std::vector<FunctionExtent>& extents) {
    return std::any_of(extents.begin(), extents.end(), [&](const FunctionExtent& extent) {
      return extent.name == name && extent.is_static;
    });
  }

  TreeFacts& facts_;
  const Handlers& handlers_;
  const SourceFacts& file_;
  Asked asked_;
  std::vector<ScopedFunction> scope_;
  std::set<std::string> names_;
  std::map<std::string, std::string> shared_;
};

}  // namespace

Result<std::vector<ScopedFunction>> fault_scope(TreeFacts& facts, const Handlers& handlers,
                                                const std::string& file) {
  KILLIFY_TRY(const auto* source, facts.of(file));
  return FileScope(facts, handlers, *source, {}).compute();
}

}  // namespace killify
