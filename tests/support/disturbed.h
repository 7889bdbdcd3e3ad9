// A piece of work in a process of its own that is stopped before one of its changes to the disk.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <functional>
#include <set>

namespace killify::test {

// Whether a system call makes, removes, renames or writes a file.
inline bool changes_the_disk(const __ptrace_syscall_info& call) {
  static const std::set<long> kChanges = {
#ifdef SYS_rename
      SYS_link,   SYS_rename,   SYS_unlink,    SYS_mkdir,    SYS_rmdir,
#endif
      SYS_linkat, SYS_renameat, SYS_renameat2, SYS_unlinkat, SYS_mkdirat, SYS_write, SYS_pwrite64};
  const auto number = static_cast<long>(call.entry.nr);
  if (number == SYS_openat) return (call.entry.args[2] & O_CREAT) != 0;
  return kChanges.contains(number);
}

struct Disturbed {
  bool reached = false;  // the work had a change with that number
  int status = -1;       // its exit status when it was not killed
};

// Runs `work` (of one thread; its value is the exit status) and stops it before its change number
// `nth`, from 1. There it is killed, or with `meanwhile` goes on after that was done.
inline Disturbed disturbed_before_change(std::size_t nth, const std::function<int()>& work,
                                         const std::function<void()>& meanwhile = nullptr) {
  Disturbed result;
  const pid_t child = fork();
  if (child == 0) {
    ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    raise(SIGSTOP);
    _exit(work());
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFSTOPPED(status) ||
      ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) != 0) {
    ADD_FAILURE() << "cannot watch a process";
    return result;
  }
  constexpr int kAtSystemCall = SIGTRAP | 0x80;
  std::size_t changes = 0;
  int signal = 0;
  while (ptrace(PTRACE_SYSCALL, child, nullptr, signal) == 0 && waitpid(child, &status, 0) > 0 &&
         WIFSTOPPED(status)) {
    signal = WSTOPSIG(status) == kAtSystemCall ? 0 : WSTOPSIG(status);
    __ptrace_syscall_info call{};
    if (signal != 0 || ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof call, &call) <= 0 ||
        call.op != PTRACE_SYSCALL_INFO_ENTRY || !changes_the_disk(call) || ++changes != nth)
      continue;
    result.reached = true;
    if (meanwhile)
      meanwhile();
    else
      kill(child, SIGKILL);
  }
  if (WIFEXITED(status)) result.status = WEXITSTATUS(status);
  return result;
}

}  // namespace killify::test
