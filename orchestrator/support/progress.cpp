#include "support/progress.h"

#include "support/progress_printers.h"
#include "support/text.h"
#include "support/visible.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace killify {
namespace {

using Clock = std::chrono::steady_clock;

// Often enough to look alive, seldom enough not to cost: ten redraws a second.
constexpr std::chrono::milliseconds kRedrawInterval{100};
// A log wants to know that it goes on, not every file.
constexpr std::chrono::seconds kLineInterval{5};
// Before this an ETA is a guess.
constexpr std::chrono::seconds kFirstEta{2};

// "45s", "3m05s", "2h07m".
std::string duration_text(std::chrono::seconds left) {
  const long total = left.count();
  if (total < 60) return fmt::format("{}s", total);
  if (total < 3600) return fmt::format("{}m{:02}s", total / 60, total % 60);
  return fmt::format("{}h{:02}m", total / 3600, total / 60 % 60);
}

// What all printers share: the activity's state, one lock, and how often something is printed.
class Printer : public Progress {
 public:
  Printer(ProgressPort port, Clock::duration interval)
      : port_(std::move(port)), interval_(interval) {}

  void begin(std::string_view activity, std::size_t total) override {
    const std::lock_guard lock(mutex_);
    activity_ = shown(activity);
    total_ = total;
    done_ = 0;
    current_.clear();
    expected_.reset();
    rows_.clear();
    active_ = true;
    started_ = printed_ = port_.now();
    print_begin();
  }

  void advance(std::size_t done, std::string_view current) override {
    const std::lock_guard lock(mutex_);
    if (!active_) return;
    done_ = std::max(done_, done);  // threads may overtake each other
    current_ = shown(current);
    const auto now = port_.now();
    if (now - printed_ < interval_) return;
    printed_ = now;
    print_advance();
  }

  void expect(std::optional<std::chrono::seconds> left) override {
    const std::lock_guard lock(mutex_);
    expected_.reset();
    if (left) expected_ = port_.now() + *left;
  }

  void show(const std::vector<std::string>& rows) override {
    const std::lock_guard lock(mutex_);
    rows_ = rows;
    const auto now = port_.now();
    if (!active_ || now - printed_ < interval_) return;
    if (print_rows()) printed_ = now;
  }

  void end(std::string_view summary) override {
    const std::lock_guard lock(mutex_);
    if (!active_) return;
    active_ = false;
    rows_.clear();
    print_end(shown(summary));
  }

  void note(std::string_view line) override {
    const std::lock_guard lock(mutex_);
    print_note(shown(line));
  }

 protected:
  // As it is printed: for people what a terminal would act upon is made visible.
  [[nodiscard]] virtual std::string shown(std::string_view text) const { return visible(text); }
  virtual void print_begin() = 0;
  virtual void print_advance() = 0;
  // Are there any on the screen?
  virtual bool print_rows() { return false; }
  virtual void print_end(std::string_view summary) = 0;
  virtual void print_note(std::string_view line) = 0;

  // "Reading facts", "Reading facts 12", "Reading facts 12/251 (4%)", with ", ETA 45s" once known.
  [[nodiscard]] std::string state() const {
    if (total_ == 0) return done_ == 0 ? activity_ : fmt::format("{} {}", activity_, done_);
    const std::size_t shown = std::min(done_, total_);
    std::string text = fmt::format("{} {}/{} ({}%", activity_, shown, total_, 100 * shown / total_);
    if (const auto left = time_left()) text += ", ETA " + duration_text(*left);
    return text + ")";
  }

  [[nodiscard]] std::optional<std::chrono::seconds> time_left() const {
    if (expected_)
      return std::max(std::chrono::ceil<std::chrono::seconds>(*expected_ - port_.now()),
                      std::chrono::seconds(1));
    const auto elapsed = port_.now() - started_;
    if (done_ == 0 || done_ >= total_ || elapsed < kFirstEta) return std::nullopt;
    const double each = std::chrono::duration<double>(elapsed).count() / static_cast<double>(done_);
    return std::chrono::seconds(std::lround(each * static_cast<double>(total_ - done_)));
  }

  ProgressPort port_;
  std::string activity_;
  std::string current_;
  std::vector<std::string> rows_;
  std::size_t total_ = 0;
  std::size_t done_ = 0;
  bool active_ = false;

 private:
  std::mutex mutex_;
  const Clock::duration interval_;
  Clock::time_point started_;
  Clock::time_point printed_;
  std::optional<Clock::time_point> expected_;  // when all will be done
};

// A line and the rows under it, drawn over themselves.
class LiveProgress final : public Printer {
 public:
  explicit LiveProgress(ProgressPort port) : Printer(std::move(port), kRedrawInterval) {}
  ~LiveProgress() override {
    if (active_) port_.write(cleared());  // an error ended the activity: its message comes next
  }

 private:
  void print_begin() override { draw(); }
  void print_advance() override { draw(); }
  bool print_rows() override {
    draw();
    return true;
  }
  void print_end(std::string_view summary) override {
    port_.write(fmt::format("{}{}: {}\n", cleared(), activity_, summary));
  }
  void print_note(std::string_view line) override {
    port_.write(fmt::format("{}{}\n", cleared(), line));
    if (active_) draw();
  }

  // To the first column of the line itself.
  std::string home() {
    return drawn_ == 0 ? "\r" : fmt::format("\r\033[{}A", std::exchange(drawn_, 0));
  }
  std::string cleared() {
    const bool rows = drawn_ != 0;
    return home() + (rows ? "\033[J" : "\033[K");
  }

  void draw() {
    // The last column stays free: some terminals wrap when it is written.
    const std::size_t width = std::max<std::size_t>(port_.width(), 2) - 1;
    const std::string head = state();
    std::string line = elide_middle(head, width);
    constexpr std::size_t kShortestName = 8;  // less of a name says nothing
    if (!current_.empty() && head.size() + 1 + kShortestName <= width)
      line += " " + elide_middle(current_, width - head.size() - 1);
    const bool fewer = drawn_ > rows_.size();
    std::string text = home() + line + "\033[K";
    for (const std::string& row : rows_) text += "\n" + elide_end(row, width) + "\033[K";
    drawn_ = rows_.size();
    port_.write(fewer ? text + "\033[J" : text);
  }

  static std::string elide_end(const std::string& row, std::size_t width) {
    return row.size() <= width ? row : row.substr(0, width);
  }

  std::size_t drawn_ = 0;  // rows that stand under the line
};

// Lines for a log.
class PlainProgress final : public Printer {
 public:
  explicit PlainProgress(ProgressPort port) : Printer(std::move(port), kLineInterval) {}

 private:
  void print_begin() override {
    port_.write(total_ == 0 ? activity_ + "\n" : fmt::format("{} ({})\n", activity_, total_));
  }
  void print_advance() override {
    port_.write(current_.empty() ? state() + "\n" : fmt::format("{} {}\n", state(), current_));
  }
  void print_end(std::string_view summary) override {
    port_.write(fmt::format("{}: {}\n", activity_, summary));
  }
  void print_note(std::string_view line) override { port_.write(fmt::format("{}\n", line)); }
};

// One JSON object per line, for a program (docs/commands.md).
class JsonProgress final : public Printer {
 public:
  explicit JsonProgress(ProgressPort port) : Printer(std::move(port), kRedrawInterval) {}

 private:
  [[nodiscard]] std::string shown(std::string_view text) const override {
    return std::string(text);  // JSON has escapes of its own
  }
  void print_begin() override {
    print({{"event", "begin"}, {"activity", activity_}, {"total", total_}});
  }
  void print_advance() override {
    nlohmann::ordered_json object = {{"event", "advance"},
                                     {"activity", activity_},
                                     {"done", done_},
                                     {"total", total_},
                                     {"current", current_}};
    if (const auto left = time_left()) object["eta_seconds"] = left->count();
    print(object);
  }
  void print_end(std::string_view summary) override {
    print({{"event", "end"}, {"activity", activity_}, {"summary", summary}});
  }
  void print_note(std::string_view line) override { print({{"event", "note"}, {"text", line}}); }

  void print(const nlohmann::ordered_json& object) {
    // A path need not be UTF-8: its odd bytes become U+FFFD.
    constexpr auto kReplace = nlohmann::ordered_json::error_handler_t::replace;
    port_.write(object.dump(-1, ' ', false, kReplace) + "\n");
  }
};

class NoProgress final : public Progress {
 public:
  void begin(std::string_view, std::size_t) override {}
  void advance(std::size_t, std::string_view) override {}
  void end(std::string_view) override {}
  void note(std::string_view) override {}
};

// A line in one write, so that lines of several processes do not mix.
void write_to_stderr(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return;  // nobody listens
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::size_t terminal_width() {
  constexpr std::size_t kUsual = 80;
  winsize size = {};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsual;
  return size.ws_col;
}

bool stderr_is_a_live_terminal() {
  const char* term = std::getenv("TERM");
  return term != nullptr && std::string_view(term) != "dumb" && isatty(STDERR_FILENO) == 1;
}

}  // namespace

std::unique_ptr<Progress> make_live_progress(ProgressPort port) {
  return std::make_unique<LiveProgress>(std::move(port));
}

std::unique_ptr<Progress> make_plain_progress(ProgressPort port) {
  return std::make_unique<PlainProgress>(std::move(port));
}

std::unique_ptr<Progress> make_json_progress(ProgressPort port) {
  return std::make_unique<JsonProgress>(std::move(port));
}

std::unique_ptr<Progress> make_progress(ProgressMode mode) {
  ProgressPort port = {write_to_stderr, [] { return Clock::now(); }, terminal_width};
  switch (mode) {
    case ProgressMode::kNone:
      return std::make_unique<NoProgress>();
    case ProgressMode::kJson:
      return make_json_progress(std::move(port));
    case ProgressMode::kPlain:
      return make_plain_progress(std::move(port));
    case ProgressMode::kAuto:
      break;
  }
  return stderr_is_a_live_terminal() ? make_live_progress(std::move(port))
                                     : make_plain_progress(std::move(port));
}

}  // namespace killify
