#include "support/interrupt.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>

namespace killify {
namespace {

// What a signal handler may touch: lock-free atomics and a descriptor.
std::atomic<bool> g_interrupted{false};
std::atomic<int> g_read_end{-1};
std::atomic<int> g_write_end{-1};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

void on_signal(int number) {
  if (g_interrupted.exchange(true)) _exit(128 + number);
  const int saved_errno = errno;
  const char byte = 0;
  // Never read again, so that every waiter sees it; a full pipe is readable as well.
  [[maybe_unused]] const ssize_t written = write(g_write_end.load(), &byte, 1);
  errno = saved_errno;
}

}  // namespace

void install_interrupt_handlers() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) std::abort();  // no descriptors left at start
  g_read_end = ends[0];
  g_write_end = ends[1];

  std::signal(SIGPIPE, SIG_IGN);
  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before = {};
    sigaction(number, nullptr, &before);
    // nohup and background jobs start us with the signal ignored: that is their wish.
    if (number != SIGTERM && before.sa_handler == SIG_IGN) continue;
    sigaction(number, &action, nullptr);
  }
}

bool interrupted() {
  return g_interrupted.load(std::memory_order_relaxed);
}

int interrupt_fd() {
  return g_read_end.load(std::memory_order_relaxed);
}

Error interrupted_error() {
  return Error{"interrupted", Exit::kInterrupted};
}

}  // namespace killify
