#include "support/process.h"

#include "support/interrupt.h"
#include "support/launch.h"
#include "support/text.h"

#include <fcntl.h>
#include <poll.h>
#include <spdlog/spdlog.h>
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
#include <system_error>

// The life of a child, in one thread (many threads each run one of these at the same time):
//
//   launch    fork and exec (launch.cpp)
//   poll      both streams, the child's pidfd, the interrupt descriptor, the deadline
//   end       the child stays a zombie until its group has been killed: until then no other process
//             can get the group's number

namespace killify {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Time that a program gets to clean up between SIGTERM and SIGKILL: make removes half-made targets.
constexpr milliseconds kGrace{2000};
// Of what a program printed that ran wild.
constexpr std::size_t kFloodKept = std::size_t{64} << 10;
// How long the streams of an ended program are still read where a grandchild keeps them open.
constexpr milliseconds kDrain{500};

// Keeps what a stream says; hands out stdout's lines.
class Stream {
 public:
  // `on_line` is copied: stderr's is an empty temporary.
  Stream(FileDescriptor fd, std::string& text, std::function<void(std::string_view)> on_line)
      : fd_(std::move(fd)), text_(text), on_line_(std::move(on_line)) {}

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] bool is_open() const { return fd_.valid(); }

  // Reads what is there (the descriptor is readable); returns it.
  std::string_view read_some() {
    std::array<char, 65536> buffer;
    const ssize_t count = read(fd_.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) return {};
    if (count <= 0) {
      fd_.close();
      return {};
    }
    if (is_too_much()) return {};  // it was told to end
    text_.append(buffer.data(), static_cast<std::size_t>(count));
    hand_out_lines();
    return std::string_view(text_).substr(text_.size() - static_cast<std::size_t>(count));
  }

  [[nodiscard]] bool is_too_much() const { return text_.size() > kMostOutput; }

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

  FileDescriptor fd_;
  std::string& text_;
  std::function<void(std::string_view)> on_line_;
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
  FileDescriptor pidfd_;  // not open before Linux 5.3: has_ended() is asked now and then instead
  bool reaped_ = false;
};

// Reads the streams until the child has ended, ending it where the deadline or an interruption says
// so.
class Watch {
 public:
  Watch(milliseconds deadline, Child& child, Stream& out, Stream& err, int log)
      : child_(child),
        out_(out),
        err_(err),
        log_(log),
        due_(deadline.count() > 0 ? Clock::now() + deadline : kNever) {}

  void until_ended() {
    while (!finished()) {
      wait_for_event();
      if (phase_ != Phase::kEnded && child_.has_ended())
        enter(Phase::kEnded, Clock::now() + kDrain);
      end_where_due();
    }
  }

  [[nodiscard]] bool timed_out() const { return timed_out_; }
  [[nodiscard]] bool flooded() const { return flooded_; }
  [[nodiscard]] bool was_interrupted() const { return interrupted_; }
  [[nodiscard]] int log_error() const { return log_error_; }

 private:
  enum class Phase { kRunning, kToldToEnd, kKilled, kEnded };

  // `due` is when something is to be done unless the child ends (or, ended, is silent) before.
  void enter(Phase phase, Clock::time_point due) {
    phase_ = phase;
    due_ = due;
  }

  [[nodiscard]] bool finished() const {
    if (phase_ != Phase::kEnded) return false;
    return (!out_.is_open() && !err_.is_open()) || Clock::now() >= due_;
  }

  void wait_for_event() {
    // A descriptor of -1 is skipped by poll().
    std::array<pollfd, 4> events = {{{out_.fd(), POLLIN, 0},
                                     {err_.fd(), POLLIN, 0},
                                     {phase_ == Phase::kEnded ? -1 : child_.pidfd(), POLLIN, 0},
                                     {phase_ == Phase::kRunning ? interrupt_fd() : -1, POLLIN, 0}}};
    if (poll(events.data(), events.size(), timeout()) <= 0) return;
    if (events[0].revents != 0) keep(out_.read_some());
    if (events[1].revents != 0) keep(err_.read_some());
  }

  // Milliseconds until something is due, -1 for ever.
  [[nodiscard]] int timeout() const {
    constexpr milliseconds kLook{20};
    auto due = due_;
    if (phase_ != Phase::kEnded && child_.pidfd() < 0) due = std::min(due, Clock::now() + kLook);
    if (due == kNever) return -1;
    const auto left = std::chrono::ceil<milliseconds>(due - Clock::now()).count();
    constexpr long kLongest = 60'000;  // poll() takes an int
    return static_cast<int>(std::clamp<long>(left, 0, kLongest));
  }

  void end_where_due() {
    const auto now = Clock::now();
    if (phase_ == Phase::kRunning) {
      interrupted_ = interrupted();
      timed_out_ = !interrupted_ && now >= due_;
      flooded_ = out_.is_too_much() || err_.is_too_much();
      if (!interrupted_ && !timed_out_ && !flooded_) return;
      enter(Phase::kToldToEnd, now + kGrace);
      child_.kill_group(SIGTERM);
    } else if (phase_ == Phase::kToldToEnd && now >= due_) {
      enter(Phase::kKilled, kNever);
      child_.kill_group(SIGKILL);
    }
  }

  void keep(std::string_view text) {
    if (log_ < 0 || log_error_ != 0) return;
    if (!write_all(log_, text)) log_error_ = errno;
  }

  static constexpr Clock::time_point kNever = Clock::time_point::max();

  Child& child_;
  Stream& out_;
  Stream& err_;
  const int log_;
  Phase phase_ = Phase::kRunning;
  Clock::time_point due_;
  bool timed_out_ = false;
  bool flooded_ = false;
  bool interrupted_ = false;
  int log_error_ = 0;
};

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

Result<FileDescriptor> open_log(const fs::path& path) {
  if (path.empty()) return FileDescriptor();
  FileDescriptor log(open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666));
  if (!log.valid()) return fail("{}: cannot write this log: {}", path.string(), errno_text(errno));
  return log;
}

}  // namespace

std::string Completed::how_it_ended() const {
  if (timed_out) return fmt::format("no end within {:g} s", deadline_seconds);
  if (flooded) return fmt::format("ended, because it printed more than {} MiB", kMostOutput >> 20);
  if (signal != 0) return fmt::format("killed by signal {} ({})", signal, strsignal(signal));
  return fmt::format("exit status {}", exit_code);
}

Status run_on_terminal(const Command& command) {
  KILLIFY_TRY(const FileDescriptor input, standard_input(command.input));
  KILLIFY_TRY(const pid_t pid,
              launch(command, {input.get(), STDOUT_FILENO, STDERR_FILENO, false, false}));
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  return {};
}

Result<Completed> run(const Command& command) {
  if (interrupted()) return tl::unexpected<Error>(interrupted_error());
  spdlog::debug("{}{}", command.cwd.empty() ? "" : "in " + command.cwd.string() + ": ",
                shell_quoted(command.argv));
  const auto begin = Clock::now();
  KILLIFY_TRY(const FileDescriptor log, open_log(command.log));
  KILLIFY_TRY(FileDescriptor input, standard_input(command.input));
  KILLIFY_TRY(Pipe out_pipe, make_pipe());
  KILLIFY_TRY(Pipe err_pipe, make_pipe());
  KILLIFY_TRY(const pid_t pid, launch(command, {input.get(), out_pipe.write.get(),
                                                err_pipe.write.get(), true, true}));
  Child child(pid);
  input.close();
  out_pipe.write.close();
  err_pipe.write.close();

  Completed completed;
  Stream out(std::move(out_pipe.read), completed.out, command.on_line);
  Stream err(std::move(err_pipe.read), completed.err, {});
  Watch watch(command.deadline, child, out, err, log.get());
  watch.until_ended();
  out.finish();

  child.kill_group(SIGKILL);  // those of the group that outlive the program
  rusage usage = {};
  const int status = child.reap(usage);
  if (watch.was_interrupted()) return tl::unexpected<Error>(interrupted_error());
  if (watch.log_error() != 0)
    return fail("{}: cannot write this log: {}", command.log.string(),
                errno_text(watch.log_error()));
  completed.timed_out = watch.timed_out();
  completed.flooded = watch.flooded();
  if (completed.flooded)  // nobody is to go through all of it
    for (auto* stream : {&completed.out, &completed.err})
      if (stream->size() > kFloodKept) std::string(*stream, 0, kFloodKept).swap(*stream);
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
