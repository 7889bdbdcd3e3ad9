#include "support/process.h"

#include "support/files.h"
#include "support/interrupt.h"
#include "support/text.h"

#include <fcntl.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <system_error>

// The life of a child, in one thread (many threads each run one of these at the same time):
//
//   prepare   everything that allocates memory; the child only makes system calls between fork and
//             exec, as the other threads may have held any lock at the fork
//   fork      with all signals blocked, so that none of our handlers runs in the child
//   poll      both streams, the child's pidfd, the interrupt descriptor, the deadline
//   end       the child stays a zombie until its group has been killed: until then no other process
//             can get the group's number
//
// Standard input is a memory file, not a pipe: nothing has to be fed, so nothing can block or
// break.

namespace killify {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Time that a program gets to clean up between SIGTERM and SIGKILL: make removes half-made targets.
constexpr milliseconds kGrace{2000};
// How long the streams of an ended program are still read where a grandchild keeps them open.
constexpr milliseconds kDrain{500};

std::string reason(int error_number) {
  return std::error_code(error_number, std::generic_category()).message();
}

// A descriptor that closes itself.
class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }
  void reset() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }

 private:
  int fd_;
};

struct Pipe {
  Fd read;
  Fd write;
};

Result<Pipe> make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return fail("cannot make a pipe: {}", reason(errno));
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

int write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

Result<Fd> standard_input(std::string_view input) {
  if (input.empty()) {
    Fd null(open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!null.is_open()) return fail("/dev/null: cannot open: {}", reason(errno));
    return null;
  }
  Fd file(memfd_create("killify-input", MFD_CLOEXEC));
  int problem = file.is_open() ? write_all(file.get(), input) : errno;
  if (problem == 0 && lseek(file.get(), 0, SEEK_SET) != 0) problem = errno;
  if (problem != 0) return fail("cannot keep {} bytes of input: {}", input.size(), reason(problem));
  return file;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (std::string& string : strings) result.push_back(string.data());
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> environment_of(const Command& command) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::string_view name = text.substr(0, text.find('='));
    const bool replaced = std::any_of(command.env.begin(), command.env.end(),
                                      [&](const auto& set) { return set.first == name; });
    if (!replaced) result.emplace_back(text);
  }
  for (const auto& [name, value] : command.env) result.push_back(fmt::format("{}={}", name, value));
  return result;
}

// What the child needs, ready before the fork.
struct Launch {
  const char* program;
  char* const* argv;
  char* const* envp;
  const char* cwd;  // nullptr: stay
  int input, output, errors, report;
  pid_t parent;
  bool unlimited_stack;
  bool own_group;
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
[[noreturn]] void launch(const Launch& launch) {
  LaunchFailure failure{LaunchFailure::kStart, 0};
  if (launch.own_group) setpgid(0, 0);
  // kill -9 of killify must not leave a make behind that writes into the next run's directory.
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  reset_signals();
  if (getppid() != launch.parent) _exit(127);
  if (launch.unlimited_stack) {
    rlimit limit = {};
    getrlimit(RLIMIT_STACK, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_STACK, &limit);
  }
  // Where killify was started with a standard stream closed, ours may have got its number.
  const auto above_standard = [](int fd) { return fd > 2 ? fd : fcntl(fd, F_DUPFD_CLOEXEC, 3); };
  const int input = above_standard(launch.input);
  const int output = above_standard(launch.output);
  const int errors = above_standard(launch.errors);
  const int report = above_standard(launch.report);
  const bool streams = dup2(input, 0) >= 0 && dup2(output, 1) >= 0 && dup2(errors, 2) >= 0;
  if (streams && launch.cwd != nullptr && chdir(launch.cwd) != 0)
    failure.step = LaunchFailure::kDirectory;
  else if (streams)
    execve(launch.program, launch.argv, launch.envp);
  failure.error_number = errno;
  [[maybe_unused]] const ssize_t told = write(report, &failure, sizeof failure);
  _exit(127);
}

// Keeps what a stream says; hands out stdout's lines.
class Stream {
 public:
  Stream(Fd fd, std::string& text, const std::function<void(std::string_view)>& on_line)
      : fd_(std::move(fd)), text_(text), on_line_(on_line) {}

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] bool is_open() const { return fd_.is_open(); }

  // Reads what is there (the descriptor is readable); returns it.
  std::string_view read_some() {
    std::array<char, 65536> buffer;
    const ssize_t count = read(fd_.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) return {};
    if (count <= 0) {
      fd_.reset();
      return {};
    }
    text_.append(buffer.data(), static_cast<std::size_t>(count));
    hand_out_lines();
    return std::string_view(text_).substr(text_.size() - static_cast<std::size_t>(count));
  }

  // The last line, where it has no '\n'.
  void finish() {
    if (on_line_ && handed_out_ < text_.size())
      on_line_(std::string_view(text_).substr(handed_out_));
  }

 private:
  void hand_out_lines() {
    if (!on_line_) return;
    for (std::size_t end; (end = text_.find('\n', handed_out_)) != text_.npos;) {
      on_line_(std::string_view(text_).substr(handed_out_, end - handed_out_));
      handed_out_ = end + 1;
    }
  }

  Fd fd_;
  std::string& text_;
  const std::function<void(std::string_view)>& on_line_;
  std::size_t handed_out_ = 0;
};

// A started child, until it has been reaped.
class Child {
 public:
  // The system call itself: glibc 2.36 declares pidfd_open() without C linkage.
  explicit Child(pid_t pid)
      : pid_(pid), pidfd_(static_cast<int>(syscall(SYS_pidfd_open, pid, 0))) {}
  ~Child() {
    if (reaped_) return;
    kill_group(SIGKILL);
    rusage unused = {};
    reap(unused);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  [[nodiscard]] int pidfd() const { return pidfd_.get(); }

  // Looks without reaping.
  [[nodiscard]] bool has_ended() const {
    siginfo_t info = {};
    return waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == pid_;
  }

  void kill_group(int number) const { kill(-pid_, number); }

  // Waits for the end; the wait status.
  int reap(rusage& usage) {
    int status = 0;
    while (wait4(pid_, &status, 0, &usage) < 0 && errno == EINTR) {
    }
    reaped_ = true;
    return status;
  }

 private:
  pid_t pid_;
  Fd pidfd_;  // not open before Linux 5.3: has_ended() is asked now and then instead
  bool reaped_ = false;
};

// Reads the streams until the child has ended, ending it where the deadline or an interruption says
// so.
class Watch {
 public:
  Watch(const Command& command, Child& child, Stream& out, Stream& err, int log)
      : command_(command), child_(child), out_(out), err_(err), log_(log), start_(Clock::now()) {}

  void until_ended() {
    while (!finished()) {
      wait_for_event();
      if (!ended_ && child_.has_ended()) ended_ = Clock::now();
      end_where_due();
    }
  }

  [[nodiscard]] bool timed_out() const { return timed_out_; }
  [[nodiscard]] bool was_interrupted() const { return interrupted_; }
  [[nodiscard]] int log_error() const { return log_error_; }

 private:
  [[nodiscard]] bool finished() const {
    if (!ended_) return false;
    return (!out_.is_open() && !err_.is_open()) || Clock::now() >= *ended_ + kDrain;
  }

  void wait_for_event() {
    // A descriptor of -1 is skipped by poll().
    std::array<pollfd, 4> events = {{{out_.fd(), POLLIN, 0},
                                     {err_.fd(), POLLIN, 0},
                                     {ended_ ? -1 : child_.pidfd(), POLLIN, 0},
                                     {told_to_end_ ? -1 : interrupt_fd(), POLLIN, 0}}};
    if (poll(events.data(), events.size(), timeout()) <= 0) return;
    if (events[0].revents != 0) keep(out_.read_some());
    if (events[1].revents != 0) keep(err_.read_some());
  }

  // Milliseconds until something is due, -1 for ever.
  [[nodiscard]] int timeout() const {
    std::optional<Clock::time_point> due;
    const auto consider = [&](Clock::time_point when) { due = due ? std::min(*due, when) : when; };
    if (ended_) consider(*ended_ + kDrain);
    if (told_to_end_ && !killed_) consider(*told_to_end_ + kGrace);
    if (!told_to_end_ && command_.deadline.count() > 0) consider(start_ + command_.deadline);
    constexpr milliseconds kLook{20};
    if (!ended_ && child_.pidfd() < 0) consider(Clock::now() + kLook);
    if (!due) return -1;
    const auto left = std::chrono::ceil<milliseconds>(*due - Clock::now()).count();
    constexpr long kLongest = 60'000;  // poll() takes an int
    return static_cast<int>(std::clamp<long>(left, 0, kLongest));
  }

  void end_where_due() {
    if (ended_) return;
    const auto now = Clock::now();
    if (!told_to_end_) {
      interrupted_ = interrupted();
      timed_out_ =
          !interrupted_ && command_.deadline.count() > 0 && now >= start_ + command_.deadline;
      if (!interrupted_ && !timed_out_) return;
      told_to_end_ = now;
      child_.kill_group(SIGTERM);
    } else if (!killed_ && now >= *told_to_end_ + kGrace) {
      killed_ = true;
      child_.kill_group(SIGKILL);
    }
  }

  void keep(std::string_view text) {
    if (log_ < 0 || log_error_ != 0) return;
    log_error_ = write_all(log_, text);
  }

  const Command& command_;
  Child& child_;
  Stream& out_;
  Stream& err_;
  const int log_;
  const Clock::time_point start_;
  std::optional<Clock::time_point> ended_;
  std::optional<Clock::time_point> told_to_end_;
  bool killed_ = false;
  bool timed_out_ = false;
  bool interrupted_ = false;
  int log_error_ = 0;
};

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
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
  const std::string why = reason(failure.error_number);
  if (failure.step == LaunchFailure::kDirectory)
    return Error{fmt::format("{}: cannot run {} in this directory: {}", command.cwd.string(),
                             command.argv.front(), why)};
  const bool missing = failure.error_number == ENOENT || failure.error_number == EACCES;
  return Error{fmt::format("{}: cannot be started: {}{}", program, why,
                           missing ? "; install it, or correct PATH" : "")};
}

// Forks; an Error when the child could not become the program.
Result<pid_t> start(const Command& command, int input, int output, int errors, bool own_group) {
  KILLIFY_TRY(const std::string program, program_of(command));
  KILLIFY_TRY(Pipe report, make_pipe());
  std::vector<std::string> arguments = command.argv;
  std::vector<std::string> environment = environment_of(command);
  const std::vector<char*> argv = pointers(arguments);
  const std::vector<char*> envp = pointers(environment);
  const Launch launch_data = {program.c_str(), argv.data(),
                              envp.data(),     command.cwd.empty() ? nullptr : command.cwd.c_str(),
                              input,           output,
                              errors,          report.write.get(),
                              getpid(),        command.unlimited_stack,
                              own_group};
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = fork();
  if (pid == 0) launch(launch_data);
  const int fork_error = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) return fail("{}: cannot be started: {}", program, reason(fork_error));
  if (own_group)
    setpgid(pid, pid);  // in both: whoever is first; afterwards the group can be killed

  report.write.reset();
  LaunchFailure failure{};
  ssize_t told = 0;
  while ((told = read(report.read.get(), &failure, sizeof failure)) < 0 && errno == EINTR) {
  }
  if (told != sizeof failure) return pid;  // the pipe was closed by a successful exec
  waitpid(pid, nullptr, 0);
  return tl::unexpected<Error>(could_not_start(command, program, failure));
}

Result<Fd> open_log(const fs::path& path) {
  if (path.empty()) return Fd();
  Fd log(open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666));
  if (!log.is_open()) return fail("{}: cannot write this log: {}", path.string(), reason(errno));
  return log;
}

}  // namespace

std::string Completed::how_it_ended() const {
  if (timed_out) return fmt::format("no end within {:g} s", deadline_seconds);
  if (signal != 0) return fmt::format("killed by signal {} ({})", signal, strsignal(signal));
  return fmt::format("exit status {}", exit_code);
}

Status run_on_terminal(const Command& command) {
  KILLIFY_TRY(const Fd input, standard_input(command.input));
  KILLIFY_TRY(const pid_t pid, start(command, input.get(), STDOUT_FILENO, STDERR_FILENO, false));
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  return {};
}

Result<Completed> run(const Command& command) {
  if (interrupted()) return tl::unexpected<Error>(interrupted_error());
  spdlog::debug("{}{}", command.cwd.empty() ? "" : "in " + command.cwd.string() + ": ",
                shell_quoted(command.argv));
  const auto begin = Clock::now();
  KILLIFY_TRY(Fd log, open_log(command.log));
  KILLIFY_TRY(Fd input, standard_input(command.input));
  KILLIFY_TRY(Pipe out_pipe, make_pipe());
  KILLIFY_TRY(Pipe err_pipe, make_pipe());
  KILLIFY_TRY(const pid_t pid,
              start(command, input.get(), out_pipe.write.get(), err_pipe.write.get(), true));
  Child child(pid);
  input.reset();
  out_pipe.write.reset();
  err_pipe.write.reset();

  Completed completed;
  Stream out(std::move(out_pipe.read), completed.out, command.on_line);
  Stream err(std::move(err_pipe.read), completed.err, {});
  Watch watch(command, child, out, err, log.get());
  watch.until_ended();
  out.finish();

  child.kill_group(SIGKILL);  // those of the group that outlive the program
  rusage usage = {};
  const int status = child.reap(usage);
  if (watch.was_interrupted()) return tl::unexpected<Error>(interrupted_error());
  if (watch.log_error() != 0)
    return fail("{}: cannot write this log: {}", command.log.string(), reason(watch.log_error()));
  completed.timed_out = watch.timed_out();
  if (WIFEXITED(status)) completed.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) completed.signal = WTERMSIG(status);
  completed.deadline_seconds = std::chrono::duration<double>(command.deadline).count();
  completed.wall_seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  completed.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  completed.max_rss_kib = usage.ru_maxrss;
  return completed;
}

fs::path find_program(std::string_view name) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "/usr/bin:/bin" : path;
  while (true) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    // An empty entry means the current directory, as in a shell.
    const fs::path directory = end == 0 ? fs::path(".") : fs::path(rest.substr(0, end));
    fs::path candidate = fs::absolute(directory / name);
    std::error_code ignored;
    if (fs::is_regular_file(candidate, ignored) && access(candidate.c_str(), X_OK) == 0)
      return candidate;
    if (end == rest.size()) return {};
    rest.remove_prefix(end + 1);
  }
}

std::string shell_quoted(const std::vector<std::string>& argv) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./,:@%^";
  std::vector<std::string> words;
  for (const std::string& argument : argv) {
    if (!argument.empty() && argument.find_first_not_of(kPlain) == argument.npos) {
      words.push_back(argument);
      continue;
    }
    std::string quoted = "'";
    for (const char c : argument) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    words.push_back(quoted + "'");
  }
  return join(words, " ");
}

}  // namespace killify
