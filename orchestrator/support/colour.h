// Colours, only where a person looks.
#pragma once

#include <string>
#include <string_view>

namespace killify {

enum class ColourMode { kAuto, kAlways, kNever };

// Decides once per run: kAuto means stdout is a terminal, TERM is not "dumb" and NO_COLOR is unset.
[[nodiscard]] bool colours_wanted(ColourMode mode);

// Wraps text in escape sequences, or does nothing.
class Paint {
 public:
  explicit Paint(bool on) : on_(on) {}
  [[nodiscard]] std::string bold(std::string_view text) const { return wrap("1", text); }
  [[nodiscard]] std::string red(std::string_view text) const { return wrap("31", text); }
  [[nodiscard]] std::string green(std::string_view text) const { return wrap("32", text); }
  [[nodiscard]] std::string yellow(std::string_view text) const { return wrap("33", text); }
  [[nodiscard]] std::string cyan(std::string_view text) const { return wrap("36", text); }
  [[nodiscard]] std::string dim(std::string_view text) const { return wrap("2", text); }
  [[nodiscard]] bool on() const { return on_; }

 private:
  [[nodiscard]] std::string wrap(std::string_view code, std::string_view text) const;
  bool on_;
};

}  // namespace killify
