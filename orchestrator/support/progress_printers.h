// The printers behind make_progress(), with the outside world passed in; for progress.cpp and
// tests.
#pragma once

#include "support/progress.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string_view>

namespace killify {

// Where a printer writes and what it knows of the world.
struct ProgressPort {
  std::function<void(std::string_view text)> write;
  std::function<std::chrono::steady_clock::time_point()> now;
  std::function<std::size_t()> width;  // columns of the terminal
};

[[nodiscard]] std::unique_ptr<Progress> make_live_progress(ProgressPort port);
[[nodiscard]] std::unique_ptr<Progress> make_plain_progress(ProgressPort port);
[[nodiscard]] std::unique_ptr<Progress> make_json_progress(ProgressPort port);

}  // namespace killify
