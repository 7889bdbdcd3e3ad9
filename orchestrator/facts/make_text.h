// Make's variables and the functions on their texts, as far as lists of objects need them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

// A text that only a configuration, an environment or a shell could tell.
[[nodiscard]] bool is_unknown(std::string_view text);

[[nodiscard]] std::vector<std::string> words_in(std::string_view text);

class MakeVariables {
 public:
  // `recursive`: the value is expanded where it is used ("=").
  void set(const std::string& name, std::string value, bool recursive);
  // To what is there; what was not there is recursive unless `simple`.
  void add(const std::string& name, const std::string& value, bool simple);
  // The text with its references replaced. What no variable says is unknown, and so is every
  // CONFIG_; of "$(if)", "$(or)" and "$(and)" all that they can be stands in the result.
  [[nodiscard]] std::string expand(std::string_view text) const;

 private:
  struct Variable {
    std::string value;
    bool recursive = false;
  };
  [[nodiscard]] std::string expand(std::string_view text, int depth) const;
  [[nodiscard]] std::string reference(std::string_view text, int depth) const;
  [[nodiscard]] std::string call(std::string_view function, std::string_view arguments,
                                 int depth) const;
  [[nodiscard]] std::string value_of(const std::string& name, int depth) const;

  std::map<std::string, Variable> variables_;
};

}  // namespace killify
