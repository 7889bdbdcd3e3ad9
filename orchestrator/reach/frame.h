// A function called with certain arguments: what its expressions are worth then.
#pragma once

#include "reach/bodies.h"
#include "reach/values.h"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace killify {

// What is known of parameters, by name; what is not known is not there.
using Environment = std::map<std::string, Value>;

class Frame {
 public:
  // Fields that functions set in the local object that they are given the address of.
  using SetByCalls = std::function<std::map<std::string, Value>(const Frame&, const std::string&)>;
  // What a call returns.
  using Returned = std::function<Value(std::string_view callee)>;

  // The functions that an expression can point at: a function's name, or a field.
  using Functions = std::function<Value(const Frame&, const std::string& expression)>;
  // What "&name" points at outside of the function.
  using Address = std::function<Value(std::string_view name)>;
  using Number = std::function<std::optional<unsigned long>(const std::string& name)>;

  Frame(const Body& body, const Environment& environment, SetByCalls set_by_calls,
        Returned returned, Functions functions, Address address, Number number)
      : body_(body),
        environment_(environment),
        set_by_calls_(std::move(set_by_calls)),
        returned_(std::move(returned)),
        functions_(std::move(functions)),
        address_(std::move(address)),
        number_(std::move(number)) {}

  // Whatever the way through the function: a variable is worth what holds of all that is assigned
  // to it.
  [[nodiscard]] Value variable(const std::string& name) const;
  [[nodiscard]] Value evaluate(std::string_view expression) const;
  // The same of an expression that points at functions.
  [[nodiscard]] Value functions(const std::string& expression) const;
  [[nodiscard]] Scope scope() const;
  [[nodiscard]] const Body& body() const { return body_; }

  // False where a guard of the call does not hold.
  [[nodiscard]] bool can_come_to(const CallFact& call) const;
  // How many guards of the call may hold or not.
  [[nodiscard]] unsigned open_guards(const CallFact& call) const;
  // What `callee` knows of its parameters when it is called so; of the used ones only.
  [[nodiscard]] Environment environment_of(const Body& callee,
                                           const std::vector<std::string>& arguments,
                                           const std::set<std::string>& used) const;

 private:
  [[nodiscard]] Value look_up(const std::string& name) const;
  [[nodiscard]] Value with_fields(const std::string& name, Value value) const;

  const Body& body_;
  const Environment& environment_;
  SetByCalls set_by_calls_;
  Returned returned_;
  Functions functions_;
  Address address_;
  Number number_;
  mutable std::map<std::string, Value> known_;  // also guards against endless recursion
};

// Whether a typedef's name is like those of functions: "filler_t", "writepage_fn".
[[nodiscard]] bool is_function_type(std::string_view name);

}  // namespace killify
