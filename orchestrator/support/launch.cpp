#include "support/launch.h"

#include "support/files.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <tuple>

// vfork: a fork copies the page tables, which takes longer the more killify knows (a third of the
// system time where a series is generated). The child borrows our memory until exec and makes
// system calls only; everything that allocates memory is done before. All signals are blocked
// meanwhile, so that none of our handlers runs in the child.

namespace killify {
namespace fs = std::filesystem;
namespace {

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (std::string& string : strings) result.push_back(string.data());
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> environment_of(const Command& command, bool own_locale) {
  auto set = command.env;
  const auto set_to = [&](const char* name, const char* value) {
    if (std::ranges::none_of(set, [&](const auto& one) { return one.first == name; }))
      set.emplace_back(name, value);
  };
  if (own_locale) {
    set_to("LC_ALL", "C");
    // What counts where a program takes LC_ALL away, as the kernel's Makefile does: messages of a
    // compiler that make runs are to be those of one that we run.
    set_to("LC_MESSAGES", "C");
    set_to("LANG", "C");
    set_to("LANGUAGE", "");
  }
  // spatch and git do not start without one.
  if (std::getenv("HOME") == nullptr) set_to("HOME", "/nonexistent");
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::string_view name = text.substr(0, text.find('='));
    const bool replaced =
        std::any_of(set.begin(), set.end(), [&](const auto& one) { return one.first == name; });
    if (!replaced) result.emplace_back(text);
  }
  for (const auto& [name, value] : set) result.push_back(fmt::format("{}={}", name, value));
  return result;
}

// What the child needs, ready before the fork.
struct Prepared {
  const char* program;
  char* const* argv;
  char* const* envp;
  const char* cwd;  // nullptr: stay
  Launch how;
  int report;
  pid_t parent;
  bool unlimited_stack;
};

// What the child says through its report pipe when it cannot go on.
struct LaunchFailure {
  enum Step : int { kDirectory, kStart } step;
  int error_number;
};

void reset_signals() {
  struct sigaction action = {};
  action.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) sigaction(number, &action, nullptr);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

// In the child: only what is safe between fork and exec.
[[noreturn]] void become_program(const Prepared& self) {
  LaunchFailure failure{LaunchFailure::kStart, 0};
  if (self.how.own_group) setpgid(0, 0);
  // kill -9 of killify must not leave a make behind that writes into the next run's directory.
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  reset_signals();
  if (getppid() != self.parent) _exit(127);
  if (self.unlimited_stack) {
    rlimit limit = {};
    getrlimit(RLIMIT_STACK, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_STACK, &limit);
  }
  // Where killify was started with a standard stream closed, ours may have got its number.
  const auto above_standard = [](int fd) { return fd > 2 ? fd : fcntl(fd, F_DUPFD_CLOEXEC, 3); };
  const int input = above_standard(self.how.input);
  const int output = above_standard(self.how.output);
  const int errors = above_standard(self.how.errors);
  const int report = above_standard(self.report);
  const bool streams = dup2(input, 0) >= 0 && dup2(output, 1) >= 0 && dup2(errors, 2) >= 0;
  if (streams && self.cwd != nullptr && chdir(self.cwd) != 0)
    failure.step = LaunchFailure::kDirectory;
  else if (streams)
    execve(self.program, self.argv, self.envp);
  failure.error_number = errno;
  [[maybe_unused]] const ssize_t told = write(report, &failure, sizeof failure);
  _exit(127);
}

// The absolute path of what to execute; the error says how to get it.
Result<std::string> program_of(const Command& command) {
  if (command.argv.empty()) return fail("no program to run");
  const std::string& name = command.argv.front();
  if (name.find('/') != name.npos) return fs::absolute(name).string();
  const fs::path found = find_program(name);
  if (found.empty())
    return fail("{}: no such program in PATH; install it, or add its directory to PATH", name);
  return found.string();
}

Error could_not_start(const Command& command, const std::string& program,
                      const LaunchFailure& failure) {
  const std::string why = errno_text(failure.error_number);
  if (failure.step == LaunchFailure::kDirectory)
    return Error{fmt::format("{}: cannot run {} in this directory: {}", command.cwd.string(),
                             command.argv.front(), why)};
  const bool missing = failure.error_number == ENOENT || failure.error_number == EACCES;
  return Error{fmt::format("{}: cannot be started: {}{}", program, why,
                           missing ? "; install it, or correct PATH" : "")};
}

}  // namespace

Result<Pipe> make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return fail("cannot make a pipe: {}", errno_text(errno));
  return Pipe{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

Result<FileDescriptor> standard_input(std::string_view input) {
  if (input.empty()) {
    FileDescriptor null(open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!null.valid()) return fail("/dev/null: cannot open: {}", errno_text(errno));
    return null;
  }
  FileDescriptor file(memfd_create("killify-input", MFD_CLOEXEC));
  if (!file.valid() || !write_all(file.get(), input) || lseek(file.get(), 0, SEEK_SET) != 0)
    return fail("cannot keep {} bytes of input: {}", input.size(), errno_text(errno));
  return file;
}

Result<pid_t> launch(const Command& command, const Launch& how) {
  KILLIFY_TRY(const std::string program, program_of(command));
  KILLIFY_TRY(Pipe report, make_pipe());
  std::vector<std::string> arguments = command.argv;
  std::vector<std::string> environment = environment_of(command, how.own_locale);
  const std::vector<char*> argv = pointers(arguments);
  const std::vector<char*> envp = pointers(environment);
  // Our own may have been removed since, and spatch does not start in such a one.
  std::error_code gone;
  std::ignore = fs::current_path(gone);
  const char* directory = !command.cwd.empty() ? command.cwd.c_str() : gone ? "/" : nullptr;
  const Prepared prepared = {program.c_str(),
                             argv.data(),
                             envp.data(),
                             directory,
                             how,
                             report.write.get(),
                             getpid(),
                             command.unlimited_stack};
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  // NOLINTBEGIN(clang-analyzer-security.insecureAPI.vfork,clang-analyzer-unix.Vfork): as said above
  const pid_t pid = vfork();
  if (pid == 0) become_program(prepared);
  // NOLINTEND(clang-analyzer-security.insecureAPI.vfork,clang-analyzer-unix.Vfork)
  const int fork_error = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) return fail("{}: cannot be started: {}", program, errno_text(fork_error));
  if (how.own_group)
    setpgid(pid, pid);  // in both: whoever is first; afterwards the group can be killed

  report.write.close();
  LaunchFailure failure{};
  ssize_t told = 0;
  while ((told = read(report.read.get(), &failure, sizeof failure)) < 0 && errno == EINTR) {
  }
  if (told != sizeof failure) return pid;  // the pipe was closed by a successful exec
  waitpid(pid, nullptr, 0);
  return tl::unexpected<Error>(could_not_start(command, program, failure));
}

}  // namespace killify
