#include "cocci/frame.h"

#include "support/digest.h"
#include "support/text.h"

#include <fmt/format.h>

#include <random>

namespace killify {
namespace {

constexpr std::string_view kFirst = "killify: first line ";
constexpr std::string_view kLast = "killify: last line ";

// Python's `print` writes to whatever sys.stdout is. Only lines that begin with '{' are facts.
constexpr std::string_view kAround = R"(#include "{0}"

@initialize:python@
@@
import hashlib, sys

class KillifyFrame:
    def __init__(self, out):
        self.out, self.told = out, []
    def write(self, text):
        self.told.append(text)
        return self.out.write(text)
    def flush(self):
        self.out.flush()
    def digest(self):
        facts = [line for line in "".join(self.told).split("\n") if line.startswith("{{")]
        return hashlib.sha256("\n".join(facts).encode(errors="surrogateescape")).hexdigest()

print("{1}{3}")
sys.stdout = KillifyFrame(sys.stdout)

@finalize:python@
@@
print("{2}{3} " + sys.stdout.digest())
)";

}  // namespace

AnswerFrame AnswerFrame::make() {
  std::random_device random;
  return AnswerFrame(fmt::format("{:08x}{:08x}", random(), random()));
}

std::string AnswerFrame::around(std::string_view name) const {
  return fmt::format(kAround, name, kFirst, kLast, token_);
}

std::optional<std::vector<std::string>> AnswerFrame::facts_in(std::string_view printed) const {
  const auto first = fmt::format("{}{}", kFirst, token_);
  const auto last = fmt::format("{}{} ", kLast, token_);
  std::vector<std::string> facts;
  bool begun = false;
  for (auto& line : split_lines(printed)) {
    if (line == first) {
      begun = true;
    } else if (begun && line.starts_with(last)) {
      if (line.substr(last.size()) != sha256(join(facts, "\n"))) return std::nullopt;
      return facts;
    } else if (begun && line.starts_with('{')) {
      facts.push_back(std::move(line));
    }
  }
  return std::nullopt;
}

}  // namespace killify
