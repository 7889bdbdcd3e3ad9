#include "support/startup.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

namespace killify {
namespace {

constexpr std::size_t kStack = std::size_t{8} << 20;

struct Work {
  const std::function<int()>* work;
  int result;
};

void* run(void* argument) {
  auto& task = *static_cast<Work*>(argument);
  task.result = (*task.work)();
  return nullptr;
}

}  // namespace

void open_standard_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(fd, F_GETFD) < 0 && errno == EBADF) {
      // The lowest free number is this one. For reading only: a report must not seem written.
      const int opened = open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
      if (opened != fd && opened >= 0) close(opened);
    }
}

int on_enough_stack(const std::function<int()>& work) {
  rlimit limit{};
  if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur >= kStack) return work();
  pthread_attr_t attributes;
  pthread_t thread{};
  Work task{&work, 0};
  if (pthread_attr_init(&attributes) != 0) return work();
  const bool started = pthread_attr_setstacksize(&attributes, kStack) == 0 &&
                       pthread_setattr_default_np(&attributes) == 0 &&
                       pthread_create(&thread, &attributes, run, &task) == 0;
  pthread_attr_destroy(&attributes);
  if (!started) return work();
  pthread_join(thread, nullptr);
  return task.result;
}

}  // namespace killify
