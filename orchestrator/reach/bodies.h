// The body of a function or macro as the walk needs it: its calls, with what decides about them.
#pragma once

#include "facts/tree_facts.h"
#include "reach/names.h"
#include "reach/types.h"
#include "support/error.h"

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace killify {

struct Body {
  std::string name;
  std::vector<Parameter> parameters;
  std::vector<CallFact> calls;  // plain ones and those through fields, by line
  std::vector<CallFact> lost;   // plain ones that only the tokens show
  std::vector<CallFact> loops;  // of macros that head a loop: spatch does not say when they run
  // By variable: the expressions it is given, the type it is declared with.
  std::map<std::string, std::vector<std::string>> values;
  std::map<std::string, std::string> variables;  // parameters among them
  StructNames types;                             // those of a struct's type, or pointers to one
  // By variable, then field: what is put into the field of a struct in this function.
  std::map<std::string, std::map<std::string, std::vector<std::string>>> fields;
  bool parsed = true;  // false: spatch lost it, and only the names of its calls are certain

  [[nodiscard]] bool has_parameter(const std::string& variable) const;
};

class Bodies {
 public:
  Bodies(TreeFacts& facts, Types& types) : facts_(facts), types_(types) {}

  [[nodiscard]] Result<const Body*> of(NodeId id, const Node& node);

 private:
  [[nodiscard]] Result<Body> of_function(const Node& node);
  [[nodiscard]] Result<Body> of_macro(const Node& node);

  [[nodiscard]] static Status add_nested(const SourceFacts& facts, const Sketch& sketch,
                                         const LocalFact& local, Body& body);
  [[nodiscard]] Status add_positional(const Node& node, const LocalFact& local, Body& body);

  TreeFacts& facts_;
  Types& types_;
  std::unordered_map<NodeId, Body> bodies_;
};

// "x" of "& x", "( x )" or "x"; "" of anything else.
[[nodiscard]] std::string single_name(std::string_view expression);

}  // namespace killify
