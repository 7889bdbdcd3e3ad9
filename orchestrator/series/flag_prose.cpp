#include "series/flag_prose.h"

#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <vector>

namespace killify {
namespace {

constexpr std::size_t kLineWidth = 80;
// Between two words of a comment, with its "*" where a line ends.
constexpr const char* kGap = R"((?:[ \t]+|[ \t]*\n[ \t]*\*[ \t]*))";
constexpr const char* kMaybeGap = R"((?:[ \t]*\n[ \t]*\*)?[ \t]*)";

// What is said of the flag and how that is said of the state: "{}" is the state.
struct Saying {
  std::string flag;  // behind "@flag"
  const char* state;
};
std::vector<Saying> sayings() {
  const std::string gap = kGap;
  const std::string equals = std::string(kMaybeGap) + "==" + kMaybeGap;
  return {{equals + "%?true\\b", "@{} != TASK_UNINTERRUPTIBLE"},
          {equals + "%?false\\b", "@{} == TASK_UNINTERRUPTIBLE"},
          {gap + "is" + gap + "(?:set" + gap + "to" + gap + ")?%?false\\b",
           "@{} is TASK_UNINTERRUPTIBLE"},
          {gap + "was" + gap + "(?:set" + gap + "to" + gap + ")?%?false\\b",
           "@{} was TASK_UNINTERRUPTIBLE"},
          {gap + "is" + gap + "(?:(?:set" + gap + "to" + gap + ")?%?true\\b|set\\b(?!" + gap +
               "to\\b))",
           "@{} is not TASK_UNINTERRUPTIBLE"},
          {gap + "was" + gap + "(?:(?:set" + gap + "to" + gap + ")?%?true\\b|set\\b(?!" + gap +
               "to\\b))",
           "@{} was not TASK_UNINTERRUPTIBLE"}};
}

// Whether the sentence around `at` speaks of values that a flag has.
bool speaks_of_values(const std::string& comment, std::size_t at) {
  static const std::regex kValues(R"(\b(?:true|false|set|unset|clear|zero|non-?zero|[01])\b)");
  static const std::regex kEnd(R"(\.\s|\n[ \t]*\*?[ \t]*\n|\n[ \t]*\*[ \t]*@\w+:|\*/)");
  std::size_t begin = 0;
  std::size_t end = comment.size();
  for (std::sregex_iterator it(comment.begin(), comment.end(), kEnd), none; it != none; ++it) {
    const auto place = static_cast<std::size_t>(it->position());
    if (place >= at) {
      end = place;
      break;
    }
    begin = place + static_cast<std::size_t>(it->length());
  }
  return std::regex_search(comment.substr(begin, end - begin), kValues);
}

// A line of a comment that is too long, as two.
std::string divided_line(const std::string& line) {
  if (line.size() <= kLineWidth) return line;
  const auto star = line.find('*');
  const auto at = line.rfind(' ', kLineWidth);
  if (star == std::string::npos || at == std::string::npos || at <= star + 1) return line;
  return line.substr(0, at) + "\n" + line.substr(0, star) + "* " + line.substr(at + 1);
}

}  // namespace

std::optional<std::string> with_flag_as_state(const std::string& comment, const std::string& flag,
                                              const std::string& state) {
  const auto mention = "@" + flag;
  if (comment.find(mention) == std::string::npos) return comment;
  auto text = comment;
  for (const auto& saying : sayings())
    text = std::regex_replace(text, std::regex(fmt::format("{}\\b{}", mention, saying.flag)),
                              fmt::format(fmt::runtime(saying.state), state));
  const std::regex plain(mention + "\\b");
  for (std::smatch found; std::regex_search(text, found, plain);) {
    const auto at = static_cast<std::size_t>(found.position());
    if (speaks_of_values(text, at)) return std::nullopt;
    text.replace(at, mention.size(), "@" + state);
  }
  const auto before = split_lines(comment);
  auto lines = split_lines(text);
  for (auto& line : lines)
    if (std::ranges::find(before, line) == before.end()) line = divided_line(line);
  return join(lines, "\n");
}

}  // namespace killify
