// What one source file says about functions, as Coccinelle sees it
// (semantic-patches/facts/source.cocci) and, for what Coccinelle loses, as its tokens show it.
#pragma once

#include "cocci/spatch.h"
#include "facts/sketch.h"

#include <string>
#include <vector>

namespace killify {

struct Parameter {
  std::string type;  // "struct vm_fault *"
  std::string name;  // "" where it has none
};

struct FunctionFact {
  std::string name;
  bool is_static = false;
  std::string returns;  // "vm_fault_t"
  std::vector<Parameter> parameters;
  int first = 0;
  int last = 0;
  bool parsed = true;  // false: only the tokens show it; its calls are those of the sketch
};

// Something runs only where `condition` is true (or, with `holds` false, is not): it stands in a
// branch of an if, ?: or &&, in the body of a loop, or behind an if that leaves the function.
struct Guard {
  std::string condition;  // "ctx -> interruptible"
  bool holds = true;
};

struct CallFact {
  std::string function;  // the enclosing one
  std::string callee;    // a function, a macro, or the field that is called through
  std::string base;      // of a call through a field: "bo -> bdev -> funcs"; "" for a plain call
  std::vector<std::string> arguments;  // "& x -> lock", with blanks between the tokens
  int line = 0;
  std::vector<Guard> guards;  // the outermost first
};

// A variable declared in a function, its parameters apart.
struct LocalFact {
  std::string function;
  std::string type;  // "struct ttm_operation_ctx"
  std::string variable;
  int line = 0;
};

// A plain variable that is given a value in a function, by its declaration or an assignment.
struct ValueFact {
  std::string function;
  std::string variable;
  std::string value;  // an expression; of "x |= y" it is "x | y"; "" where it is not known
  int line = 0;
};

// A function (or an expression) put into a field: by an initialiser or by an assignment.
struct BindingFact {
  std::string type;      // "struct vm_operations_struct", "" where it is not known
  std::string variable;  // "gru_vm_ops", "obj -> ops"
  std::string field;
  std::string target;  // "gru_fault", "& gru_fault"
  int line = 0;
  std::string function;  // the enclosing one, "" outside of functions
};

// A field of a struct that the file defines.
struct FieldFact {
  std::string in;  // "ttm_device_funcs"
  std::string field;
  std::string type;  // "struct ttm_device *"
};

enum class ParseStatus { kComplete, kPartial, kFailed, kTimedOut };

struct SourceFacts {
  std::string path;
  ParseStatus status = ParseStatus::kComplete;
  std::string why;  // for kFailed and kTimedOut
  // All sorted by line.
  std::vector<FunctionFact> functions;
  std::vector<CallFact> calls;
  std::vector<CallFact> field_calls;
  std::vector<LocalFact> locals;
  std::vector<ValueFact> values;
  std::vector<BindingFact> bindings;
  std::vector<FieldFact> fields;
  std::vector<LineRange> lost;

  // The function of that name, nullptr if there is none; the first where `#if` branches define
  // several.
  [[nodiscard]] const FunctionFact* function(const std::string& name) const;
  [[nodiscard]] std::vector<const FunctionFact*> functions_named(const std::string& name) const;
  // The calls in all functions of that name, or in one of them.
  [[nodiscard]] std::vector<const CallFact*> calls_in(const std::string& function) const;
  [[nodiscard]] std::vector<const CallFact*> calls_in(const FunctionFact& function) const;
  [[nodiscard]] std::vector<const CallFact*> field_calls_in(const FunctionFact& function) const;
  [[nodiscard]] bool lost_in(int first, int last) const;
};

// Facts from spatch's answer about a text and from the text's tokens.
[[nodiscard]] SourceFacts facts_from(const std::string& path, const Sketch& sketch,
                                     const SpatchAnswer& answer);

}  // namespace killify
