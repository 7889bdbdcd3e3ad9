// What is known of an expression at one point of a call chain: constants, flags and the fields of a
// context object, carried along through parameters.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace killify {

struct Value;
// The fields of a struct that are known; of the others nothing is, unless `others_zero`.
struct Object {
  std::map<std::string, Value> fields;
  bool others_zero = false;
  // Made on this way (made_objects.h): a known field is what any function may make of it, and one
  // of `only_here` is what the function gives it that made the object.
  bool made = false;
  std::set<std::string> only_here{};
};

// Nothing known; or a set of named bits (`TASK_KILLABLE`, `A | B`; 0 is the empty set and any other
// number a bit of its own name); or a pointer to a known object, to one of some functions, or to
// one of some tables of functions; or what stands at a place of the object that the root was given.
struct Value {
  enum class Kind { kUnknown, kBits, kObject, kFunctions, kTables, kPlace };
  Kind kind = Kind::kUnknown;
  std::set<std::string> must;  // bits that are set
  std::set<std::string> may;   // bits that may be set, those in `must` among them
  bool open = false;           // any bit may be set
  std::shared_ptr<const Object> object;
  std::set<std::size_t> functions;  // or tables: ids that mean something to whoever made the value
  std::string name;                 // of these, for a person; of a kPlace: "->obj->ops"

  [[nodiscard]] static Value unknown() { return {}; }
  [[nodiscard]] static Value bits(std::set<std::string> set);
  [[nodiscard]] static Value number(bool not_zero);
  [[nodiscard]] static Value of(std::shared_ptr<const Object> object);
  [[nodiscard]] static Value of(std::set<std::size_t> functions, std::string name);
  [[nodiscard]] static Value table(std::size_t id, std::string name);
  [[nodiscard]] static Value place(std::string path);

  [[nodiscard]] bool known() const { return kind != Kind::kUnknown; }
};

enum class Truth { kFalse, kTrue, kUnknown };

// Whether it is not zero.
[[nodiscard]] Truth truth_of(const Value& value);
[[nodiscard]] Truth operator!(Truth truth);
// Whether the bit is set: of TASK_INTERRUPTIBLE in a task state, of a flag in flags.
[[nodiscard]] Truth has_bit(const Value& value, const std::string& bit);
// Whether it is one or more task states (include/linux/sched.h), and nothing else.
[[nodiscard]] bool is_task_state(const Value& value);
// A field of the object; unknown of anything else.
[[nodiscard]] Value field_of(const Value& value, const std::string& field);
// What holds of both.
[[nodiscard]] Value join(const Value& a, const Value& b);
// As a person reads it ("true", "TASK_KILLABLE", "{.interruptible = false}"); equal texts are equal
// values.
[[nodiscard]] std::string text_of(const Value& value);

// What there is to tell a person of a value: nothing of places and tables.
[[nodiscard]] Value worth_telling(const Value& value);

// What a name, or a call, stands for where the expression is evaluated.
struct Scope {
  std::function<Value(std::string_view name)> variable;
  // `text` is the whole call: "f(x)".
  std::function<Value(std::string_view callee, const std::string& text)> call;
  // What "&name" points at, where the name is no variable of the function.
  std::function<Value(std::string_view name)> address{};
  // The number that a constant has, where that is known: two names may share a bit.
  std::function<std::optional<unsigned long>(const std::string& name)> number{};
};

// Evaluates a C expression: constants, names, !, &&, ||, ?:, ==, !=, &, |, -> and '.',
// parentheses and casts; and "{ .field = value }", of which only the pointers are kept: they stay
// what they are while the object goes around. What it does not understand is unknown.
[[nodiscard]] Value evaluate(std::string_view expression, const Scope& scope);

}  // namespace killify
