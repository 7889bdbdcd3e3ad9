// Functions that get a task state from their callers: what threading consists of.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace killify {

// How a function learns today whether any signal may end its sleep.
enum class FlagKind {
  kNone,     // not at all: it always sleeps interruptibly. The state becomes its last parameter
  kBool,     // a parameter says so: "bool intr". The state takes its place
  kBit,      // a bit of a parameter: "flags & I915_WAIT_INTERRUPTIBLE". The state comes last
  kState,    // it has a task state already: nothing about its head changes
  kContext,  // a field of an object that it is given: the field becomes a state, not the head
};

// A function with its state-taking form.
struct StateForm {
  std::string function{};  // "dma_fence_wait"
  std::string file{};      // of the definition
  std::string renamed{};   // "dma_fence_wait_state"; the same name where no other caller is left
  FlagKind kind = FlagKind::kNone;
  unsigned index = 0;         // of the parameter that says so, counted from 0; kBool, kBit, kState
  std::string flag{};         // its name; of kContext the field's
  std::string bit{};          // of kBit: "I915_WAIT_INTERRUPTIBLE"
  std::string context{};      // of kContext: the struct, "i915_gem_ww_ctx"
  std::string state{};        // the parameter that carries the state: "state"
  bool is_static = false;     // nobody outside of the file names it
  bool keeps_callers = true;  // others call it as before: the old name stays as an inline function
  bool exported = false;      // the old name stays as a function of its own, for modules elsewhere
  bool drops_export = false;  // it would, but the series file says that there are none
  std::string header{};       // that declares it for others; "" if none does
  std::vector<std::string> files{};  // with a declaration of it, that of the definition among them
  std::string reason{};              // why it needs one, for a person
  bool undoes = false;               // kNone: some pass TASK_UNINTERRUPTIBLE to it, too

  [[nodiscard]] bool changes_head() const {
    return kind == FlagKind::kNone || kind == FlagKind::kBool || kind == FlagKind::kBit;
  }
};

// Primitives, and those that do the same in any state: thread/always.cocci puts them there where
// the tree has them.
inline const std::map<std::string, std::string> kStatefulForms = {
    {"wait_event_interruptible", "wait_event_state"},
    {"wait_for_completion_interruptible", "wait_for_completion_state"}};

// A function, as (file, name).
using FunctionKey = std::pair<std::string, std::string>;

// A function pointer whose bool parameter becomes a task state, with all that is bound to it.
struct FieldForm {
  std::string in;     // "dma_fence_ops"
  std::string field;  // "wait"
  std::string file;   // that defines the struct
  unsigned index = 0;
  std::set<FunctionKey> implementers;
  std::set<FunctionKey> callers;  // functions that call through it
};

// A flag in a context object that becomes a task state.
struct ContextForm {
  std::string in;     // "i915_gem_ww_ctx"
  std::string flag;   // "intr"
  std::string state;  // "state"
  std::string file;   // that defines the struct
  std::optional<unsigned>
      position;                 // of the flag in an initialiser without names, where it is known
  std::set<FunctionKey> users;  // functions that read or write it
};

// "mutex_wait_state" of "mutex_wait" and of "mutex_wait_interruptible".
[[nodiscard]] inline std::string state_name(const std::string& function) {
  constexpr std::string_view kSuffix = "_interruptible";
  auto stem =
      function.ends_with(kSuffix) ? function.substr(0, function.size() - kSuffix.size()) : function;
  return stem + "_state";
}

}  // namespace killify
