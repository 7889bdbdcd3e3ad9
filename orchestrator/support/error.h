// Errors are values below the command line: one type, one line of text, one exit status.
#pragma once

#include <fmt/format.h>
#include <tl/expected.hpp>

#include <string>
#include <system_error>
#include <utility>

namespace killify {

// Exit statuses of every command (docs/commands.md).
enum class Exit {
  kOk = 0,
  kFailed = 1,        // the answer is "no": a commit fails, findings remain
  kUsage = 2,         // bad input or an environment that lacks something
  kUnjudged = 3,      // could not be judged
  kInterrupted = 130  // Ctrl-C or SIGTERM
};

// What went wrong and the remedy, as one line without a full stop. Where a file is to blame the
// text starts with "FILE:LINE: " (or "FILE:LINE:COLUMN: ").
struct Error {
  std::string message;
  Exit exit = Exit::kUsage;
};

template <typename T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

// fail("{}: no such driver; try one of {}", path, names) makes the error half of any Result.
template <typename... Args>
[[nodiscard]] tl::unexpected<Error> fail(fmt::format_string<Args...> format, Args&&... args) {
  return tl::unexpected<Error>(
      Error{fmt::format(format, std::forward<Args>(args)...), Exit::kUsage});
}

// What the system calls an errno: "No space left on device".
[[nodiscard]] inline std::string errno_text(int number) {
  return std::generic_category().message(number);
}

}  // namespace killify

// KILLIFY_TRY(auto x, f()): x is f()'s value, or this function returns f()'s error.
// NOLINTBEGIN(bugprone-macro-parentheses): names and declarations cannot stand in parentheses
#define KILLIFY_CONCAT_(a, b) a##b
#define KILLIFY_CONCAT(a, b) KILLIFY_CONCAT_(a, b)
#define KILLIFY_TRY_(tmp, decl, expr)                             \
  auto tmp = (expr);                                              \
  if (!tmp) return tl::unexpected<Error>(std::move(tmp).error()); \
  decl = std::move(*tmp)
#define KILLIFY_TRY(decl, expr) KILLIFY_TRY_(KILLIFY_CONCAT(try_result_, __LINE__), decl, expr)
// NOLINTEND(bugprone-macro-parentheses)
// KILLIFY_CHECK(f()): the same for a Status.
#define KILLIFY_CHECK(expr)                                          \
  do {                                                               \
    if (auto check_status = (expr); !check_status)                   \
      return tl::unexpected<Error>(std::move(check_status).error()); \
  } while (false)
