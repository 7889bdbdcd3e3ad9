// What the tokens of a file show without a parse: functions, macros, and every call, binding and
// use of a name. Sees everything, also what spatch cannot parse, and understands little of it: what
// decides whether only fault handlers call a helper must not depend on what spatch could parse.
#pragma once

#include "facts/guard_locks.h"
#include "facts/macro_heads.h"
#include "facts/outline.h"

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

// A use of a function's name.
struct Use {
  enum class Kind : std::uint8_t {
    kDefinition,  // or a prototype, or the name behind #define
    kCall,        // "name(" in a function
    kExport,      // EXPORT_SYMBOL(name)
    kMacro,       // in the body of a #define
    kValue,       // anything else: its address is taken
  };
  Kind kind = Kind::kValue;
  int line = 0;
  std::string function;  // the enclosing one, for kMacro the macro; "" outside of functions
};

// The views point into the sketch's text.
struct SketchCall {
  std::string_view callee;
  bool through_field = false;  // "x->callee(" or "x.callee("
  int line = 0;
  int function = -1;             // index in functions(); -1: outside of functions, or in a macro
  int macro = -1;                // index in macros(), of a call in the body of one
  bool heads_statement = false;  // a statement follows with nothing between: a loop macro
  std::uint32_t offset = 0;      // of the opening parenthesis
};

// ".field = target" of an initialiser, or "x->field = target", with one name (and '&') as target.
struct SketchBinding {
  std::string_view field;
  std::string_view target;
  std::string_view in;  // the struct of the initialiser, "" where that is not known
  int line = 0;
  int function = -1;  // as in a SketchCall
  int macro = -1;
};

// "struct T name = {" outside of functions, by its lines.
struct SketchInitialiser {
  int first = 0;
  int brace = 0;  // of the opening one
  int last = 0;
};

// Not movable, because all views point into it.
class Sketch {
 public:
  // `macros` are those of headers that may write the head of a function, beside the text's own;
  // `locks` the guards that the text shows as locks.
  [[nodiscard]] static std::unique_ptr<const Sketch> of(
      std::string text, const std::vector<MacroDefinition>& macros = {},
      std::vector<GuardLock> locks = {});
  Sketch(const Sketch&) = delete;
  Sketch& operator=(const Sketch&) = delete;

  // The text with the heads that macros write as these mean them, and of heads that stand in
  // branches of an #if one.
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const std::vector<MacroHead>& heads() const { return heads_; }
  // The guards that text() shows as the locks they take.
  [[nodiscard]] const std::vector<GuardLock>& guard_locks() const { return guard_locks_; }
  // Whether text() is what the file holds.
  [[nodiscard]] bool as_written() const { return heads_.empty() && guard_locks_.empty(); }
  // All in the order of the file.
  [[nodiscard]] const std::vector<FunctionExtent>& functions() const { return functions_; }
  [[nodiscard]] const std::vector<MacroDefinition>& macros() const { return macros_; }
  [[nodiscard]] const std::vector<SketchCall>& calls() const { return calls_; }
  [[nodiscard]] const std::vector<SketchBinding>& bindings() const { return bindings_; }
  [[nodiscard]] const std::vector<SketchInitialiser>& initialisers() const { return initialisers_; }
  // What it includes, as written: "\"i915_drv.h\"", "<linux/mm.h>".
  [[nodiscard]] const std::vector<std::string_view>& includes() const { return includes_; }
  // The names of the structs that it defines: "struct name {".
  [[nodiscard]] const std::vector<std::string_view>& structs() const { return structs_; }

  // In the order of the file. Members, labels and a macro's own parameters are no uses.
  [[nodiscard]] std::vector<Use> uses(std::string_view name) const;
  // Of a call through a field, what stands before it: "bo->bdev->funcs".
  [[nodiscard]] std::string_view base(const SketchCall& call) const;
  // The texts of a call's arguments, without blanks (but between words).
  [[nodiscard]] std::vector<std::string> arguments(const SketchCall& call) const;

 private:
  friend class Sketcher;
  explicit Sketch(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] int line_of(std::uint32_t offset) const;

  std::string text_;
  std::vector<MacroHead> heads_;
  std::vector<GuardLock> guard_locks_;
  std::vector<FunctionExtent> functions_;
  std::vector<MacroDefinition> macros_;
  std::vector<SketchCall> calls_;
  std::vector<SketchBinding> bindings_;
  std::vector<SketchInitialiser> initialisers_;
  std::vector<std::string_view> includes_;
  std::vector<std::string_view> structs_;
  std::vector<std::uint32_t> line_starts_;  // offsets of the lines 1, 17, 33, ...
  // Every word: 32 bits of its hash above 29 of its offset above 3 of its Use::Kind. Sorted: enough
  // to find it again, and cheap to keep for a whole driver.
  std::vector<std::uint64_t> mentions_;
};

// The text with the bodies of these functions only. `outside`: with all that stands outside of
// functions and the heads of the others; without, what initialisers hold and the other functions
// are left out as well. Every line is where it was.
[[nodiscard]] std::string with_bodies_of(const Sketch& sketch,
                                         const std::set<std::string>& functions, bool outside);

}  // namespace killify
