// What a person sees while a command works: a live line on a terminal, plain lines in a log, JSON
// lines for a program, or nothing. Results never go through here.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

enum class ProgressMode { kAuto, kPlain, kJson, kNone };

// One activity at a time: begin, then advance from any thread, then end. Writes to stderr.
class Progress {
 public:
  virtual ~Progress() = default;
  // "Reading facts", with the number of things to do (0: not known).
  virtual void begin(std::string_view activity, std::size_t total) = 0;
  // `done` of the total are finished; `current` is what is being worked on.
  virtual void advance(std::size_t done, std::string_view current) = 0;
  // How long the rest will take, from somebody who knows better than the rate so far; nothing takes
  // that back.
  virtual void expect(std::optional<std::chrono::seconds> /*left*/) {}
  // Lines under the live one, drawn over those before: what is under way. A terminal's only.
  virtual void show(const std::vector<std::string>& /*rows*/) {}
  // The activity is over; `summary` ("251 files, 3 partial") stays on the screen.
  virtual void end(std::string_view summary) = 0;
  // A line that stays, above the live one: a warning, a result that came early.
  virtual void note(std::string_view line) = 0;
};

// kAuto is a live line with an ETA where stderr is a terminal (and TERM is not "dumb"), plain lines
// otherwise.
[[nodiscard]] std::unique_ptr<Progress> make_progress(ProgressMode mode);

}  // namespace killify
