#include "support/parallel.h"

#include "support/exception.h"
#include "support/interrupt.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

namespace killify {
namespace {

// Hands out indexes in order and remembers the error with the lowest one. All lower indexes were
// handed out before and are waited for, so the answer does not depend on who was faster.
class Dispenser {
 public:
  explicit Dispenser(std::size_t count) : count_(count) {}

  void work_off(const std::function<Status(std::size_t)>& work) {
    while (const auto index = next()) {
      try {
        if (Status status = work(*index); !status) remember(*index, std::move(status).error());
      } catch (const std::exception& error) {  // it would end the program in another thread
        remember(*index, error_of(error));
      }
    }
  }

  Status outcome() {
    if (error_) return tl::unexpected<Error>(std::move(*error_));
    if (next_ < count_) return tl::unexpected<Error>(interrupted_error());
    return {};
  }

 private:
  std::optional<std::size_t> next() {
    const std::lock_guard lock(mutex_);
    if (error_ || next_ == count_ || interrupted()) return std::nullopt;
    return next_++;
  }

  void remember(std::size_t index, Error error) {
    const std::lock_guard lock(mutex_);
    if (error_ && error_index_ < index) return;
    error_index_ = index;
    error_ = std::move(error);
  }

  std::mutex mutex_;
  const std::size_t count_;
  std::size_t next_ = 0;
  std::size_t error_index_ = 0;
  std::optional<Error> error_;
};

}  // namespace

Status parallel_for(std::size_t count, unsigned jobs,
                    const std::function<Status(std::size_t)>& work) {
  Dispenser dispenser(count);
  std::vector<std::jthread> helpers;
  const std::size_t helper_count = std::min<std::size_t>(std::max(jobs, 1U), count);
  try {
    for (std::size_t i = 1; i < helper_count; ++i)
      helpers.emplace_back([&] { dispenser.work_off(work); });
  } catch (const std::system_error&) {
    // The system gives no more threads: those that run, and this one, do the work.
  }
  dispenser.work_off(work);
  helpers.clear();  // joins
  return dispenser.outcome();
}

}  // namespace killify
