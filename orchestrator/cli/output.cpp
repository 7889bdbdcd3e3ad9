#include "cli/output.h"

#include "support/process.h"
#include "support/visible.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace killify {

Status print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    if (errno == EPIPE) return {};  // the reader has seen enough: `killify ... | head`
    return fail("stdout: cannot be written: {}", errno_text(errno));
  }
  return {};
}

Status show(std::string_view text) {
  return print(visible(text));
}

Status print_as(Format format, std::string_view text) {
  return format == Format::kText ? show(text) : print(text);
}

std::size_t output_width() {
  winsize size{};
  if (isatty(STDOUT_FILENO) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

Status print_paged(std::string_view text, bool pager) {
  const char* program = std::getenv("PAGER");
  std::string command = program != nullptr ? program : "less";
  if (isatty(STDOUT_FILENO) == 0) return print(text);
  if (!pager || text.empty() || command.empty() || command == "cat") return show(text);
  Command run{.argv = {}, .input = visible(text)};
  for (std::size_t at = 0; at < command.size();) {  // "less -R": words, no shell
    auto end = command.find(' ', at);
    if (end == std::string::npos) end = command.size();
    if (end > at) run.argv.push_back(command.substr(at, end - at));
    at = end + 1;
  }
  // As git does: leave when it fits the screen, keep colours, keep the text on the screen.
  if (std::getenv("LESS") == nullptr) run.env.emplace_back("LESS", "FRX");
  if (run.argv.empty() || find_program(run.argv.front()).empty()) return show(text);
  return run_on_terminal(run);
}

}  // namespace killify
