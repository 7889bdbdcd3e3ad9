// How many jobs each of several builds at once may have.
#pragma once

#include <algorithm>
#include <atomic>

namespace killify {

// Rounded up: rather one job too many than a processor without one.
class JobShare {
 public:
  explicit JobShare(unsigned jobs) : jobs_(std::max(jobs, 1U)) {}

  void begin() { ++busy_; }
  void end() { --busy_; }
  [[nodiscard]] unsigned each() const {
    const unsigned busy = std::max(busy_.load(), 1U);
    return (jobs_ + busy - 1) / busy;
  }

 private:
  const unsigned jobs_;
  std::atomic<unsigned> busy_{0};
};

}  // namespace killify
