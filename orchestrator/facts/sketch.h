// What the tokens of a file show without a parse: functions, macros, and every call, binding and
// use of a name. Sees everything, also what spatch cannot parse, and understands little of it.
#pragma once

#include "facts/outline.h"
#include "facts/uses.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

// The views point into the sketch's text.
struct SketchCall {
  std::string_view callee;
  bool through_field = false;  // "x->callee(" or "x.callee("
  int line = 0;
  int function = -1;         // index in functions(); -1: outside
  std::uint32_t offset = 0;  // of the opening parenthesis
};

// ".field = target" of an initialiser, or "x->field = target", with one name (and '&') as target.
struct SketchBinding {
  std::string_view field;
  std::string_view target;
  int line = 0;
  int function = -1;
};

class Sketch {
 public:
  [[nodiscard]] static std::unique_ptr<const Sketch> of(std::string text);

  [[nodiscard]] const std::string& text() const { return text_; }
  // All in the order of the file.
  [[nodiscard]] const std::vector<FunctionExtent>& functions() const { return functions_; }
  [[nodiscard]] const std::vector<MacroDefinition>& macros() const { return macros_; }
  [[nodiscard]] const std::vector<SketchCall>& calls() const { return calls_; }
  [[nodiscard]] const std::vector<SketchBinding>& bindings() const { return bindings_; }
  // What it includes, as written: "\"i915_drv.h\"", "<linux/mm.h>".
  [[nodiscard]] const std::vector<std::string_view>& includes() const { return includes_; }

  [[nodiscard]] std::vector<Use> uses(std::string_view name) const;
  // The texts of a call's arguments, without blanks.
  [[nodiscard]] std::vector<std::string> arguments(const SketchCall& call) const;

 private:
  // A word, by its hash: enough to find it again and cheap to keep for a whole driver.
  struct Mention {
    std::uint32_t hash;
    std::uint32_t offset;
    int line;
    int function;
    Use::Kind kind;
  };

  explicit Sketch(std::string text);

  std::string text_;
  std::vector<FunctionExtent> functions_;
  std::vector<MacroDefinition> macros_;
  std::vector<SketchCall> calls_;
  std::vector<SketchBinding> bindings_;
  std::vector<std::string_view> includes_;
  std::vector<Mention> mentions_;  // sorted by hash, then offset
};

}  // namespace killify
