// What one source file says about functions, as Coccinelle sees it
// (semantic-patches/facts/source.cocci) and, for what Coccinelle loses, as its tokens show it.
#pragma once

#include "cocci/spatch.h"
#include "facts/outline.h"

#include <string>
#include <vector>

namespace killify {

struct FunctionFact {
  std::string name;
  bool is_static = false;
  std::string returns;                  // "vm_fault_t"
  std::vector<std::string> parameters;  // "struct vm_fault * vmf"
  int first = 0;
  int last = 0;
  bool parsed = true;  // false: only the tokens show it; its calls are not known
};

struct CallFact {
  std::string function;  // the enclosing one
  std::string callee;
  std::vector<std::string> arguments;  // "& x -> lock", with blanks between the tokens
  int line = 0;
};

// A function (or an expression) put into a field: by an initialiser or by an assignment.
struct BindingFact {
  std::string type;      // "struct vm_operations_struct", "" where it is not known
  std::string variable;  // "gru_vm_ops", "obj -> ops"
  std::string field;
  std::string target;  // "gru_fault", "& gru_fault"
  int line = 0;
  std::string function;  // the enclosing one, for an assignment
};

enum class ParseStatus { kComplete, kPartial, kFailed, kTimedOut };

struct SourceFacts {
  std::string path;
  ParseStatus status = ParseStatus::kComplete;
  std::string why;  // for kFailed and kTimedOut
  std::vector<FunctionFact> functions;
  std::vector<CallFact> calls;
  std::vector<BindingFact> bindings;
  std::vector<LineRange> lost;

  // The function of that name, nullptr if there is none; the first where `#if` branches define
  // several.
  [[nodiscard]] const FunctionFact* function(const std::string& name) const;
  [[nodiscard]] std::vector<const FunctionFact*> functions_named(const std::string& name) const;
  // The calls in all functions of that name, or in one of them.
  [[nodiscard]] std::vector<const CallFact*> calls_in(const std::string& function) const;
  [[nodiscard]] std::vector<const CallFact*> calls_in(const FunctionFact& function) const;
  [[nodiscard]] bool lost_in(int first, int last) const;
};

// Facts from spatch's answer about a text and from the text's tokens.
[[nodiscard]] SourceFacts facts_from(const SourceText& source, const SpatchAnswer& answer);

}  // namespace killify
