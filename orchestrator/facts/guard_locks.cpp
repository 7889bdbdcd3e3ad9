#include "facts/guard_locks.h"

#include "facts/outline.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace killify {
namespace {

constexpr std::array<std::string_view, 5> kGuards = {"guard", "scoped_guard", "scoped_cond_guard",
                                                     "ACQUIRE", "ACQUIRE_ERR"};

// "lock(_T)" of "lock(_T)==0" or "!lock(_T)", or of "lock(_T)" beside the condition "_RET==0"; ""
// where the lock is not taken when the function returns 0.
std::string lock_that_returns_0(const std::vector<std::string>& arguments) {
  constexpr std::string_view kIsZero = "==0";
  const auto& lock = arguments[2];
  if (arguments.size() == 4)
    return arguments[3] == "_RET==0" || arguments[3] == "!_RET" ? lock : std::string();
  if (lock.ends_with(kIsZero)) return lock.substr(0, lock.size() - kIsZero.size());
  return lock.starts_with('!') ? lock.substr(1) : std::string();
}

// One call with the object of the guard ("_T" or "_T->lock") as one of its arguments.
std::optional<GuardClass> class_of(const std::string& base, const std::string& lock) {
  constexpr std::string_view kObject = "_T", kMember = "_T->lock";
  const auto tokens = tokens_of(lock);
  if (tokens.size() < 4 || !is_word(tokens[0]) || !is_mark(tokens[1], '(') ||
      behind_closing(tokens, 1) != tokens.size())
    return std::nullopt;
  if (std::ranges::count(tokens, kObject, &Token::text) != 1) return std::nullopt;
  const auto object = std::ranges::find(tokens, kObject, &Token::text);
  const auto at = static_cast<std::size_t>(object->text.data() - lock.data());
  const auto size =
      std::string_view(lock).substr(at).starts_with(kMember) ? kMember.size() : kObject.size();
  const auto is_edge = [&](std::size_t place) {
    return std::string_view("(),").find(lock[place]) != std::string_view::npos;
  };
  if (!is_edge(at - 1) || !is_edge(at + size)) return std::nullopt;
  return GuardClass{base, lock.substr(0, at), lock.substr(at + size), false};
}

// The arguments where tokens[i] defines a class that can fail to take its lock; none elsewhere.
std::vector<std::string> defined_at(const std::vector<Token>& tokens, std::size_t i) {
  if (tokens[i].directive || !is_mark(tokens[i + 1], '(') ||
      std::ranges::find(guard_definers(), tokens[i].text) == guard_definers().end())
    return {};
  auto arguments = call_arguments(tokens, i + 1);
  if (arguments.size() != 3 && arguments.size() != 4) arguments.clear();
  return arguments;
}

// No file has such comments.
std::string begin_mark(std::size_t lock) {
  return fmt::format("/*killify:guard {}*/", lock);
}
std::string end_mark(std::size_t lock) {
  return fmt::format("/*killify:end {}*/", lock);
}

// The index behind the argument that begins at tokens[i], no later than `end`.
std::size_t next_comma(const std::vector<Token>& tokens, std::size_t i, std::size_t end) {
  int depth = 0;
  for (; i < end; ++i) {
    const auto& token = tokens[i];
    if (is_mark(token, '(') || is_mark(token, '{') || is_mark(token, '[')) ++depth;
    if (is_mark(token, ')') || is_mark(token, '}') || is_mark(token, ']')) --depth;
    if (is_mark(token, ',') && depth == 0) break;
  }
  return i;
}

// On one line, without comments.
std::string code_of(const std::vector<Token>& tokens, std::size_t first, std::size_t end) {
  std::string line;
  const char* behind = nullptr;
  for (auto i = first; i < end; ++i) {
    if (behind != nullptr && behind != tokens[i].text.data()) line += ' ';
    line += tokens[i].text;
    behind = tokens[i].text.data() + tokens[i].text.size();
  }
  return line;
}

bool same_tokens(std::string_view a, std::string_view b) {
  return std::ranges::equal(tokens_of(a), tokens_of(b), {}, &Token::text, &Token::text);
}

std::string_view function_of(const GuardClass& lock) {
  return std::string_view(lock.before).substr(0, lock.before.find('('));
}

class Shower {
 public:
  Shower(std::string_view text, const GuardClasses& classes, std::vector<GuardLock>& locks,
         bool marked)
      : text_(text), tokens_(tokens_of(text)), classes_(classes), locks_(locks), marked_(marked) {}

  std::string shown() {
    for (std::size_t i = 0; i + 3 < tokens_.size(); ++i) {
      if (!is_use(i)) continue;
      const auto end = show(i, classes_.find(tokens_[i + 2].text)->second);
      if (end != i) i = end - 1;
    }
    return result_ + std::string(text_.substr(copied_));
  }

 private:
  [[nodiscard]] bool is_use(std::size_t i) const {
    const auto& word = tokens_[i];
    if (i > 0 && (is_mark(tokens_[i - 1], '.') || is_mark(tokens_[i - 1], '>'))) return false;
    if (word.directive || !is_guard_macro(word.text) || !is_mark(tokens_[i + 1], '(')) return false;
    return classes_.contains(tokens_[i + 2].text);
  }

  // The index behind the use, or that of its first token where it is none that is known.
  std::size_t show(std::size_t i, const GuardClass& lock) {
    const auto macro = tokens_[i].text;
    const auto close = behind_closing(tokens_, i + 1) - 1;
    if (macro == "guard" || macro == "ACQUIRE") return show_made(i, close, lock);
    if (!is_mark(tokens_[i + 3], ',')) return i;
    if (macro == "ACQUIRE_ERR") {
      if (close != i + 6 || !is_mark(tokens_[i + 4], '&')) return i;
      return put(i, close, std::string(tokens_[i + 5].text));
    }
    auto first = i + 4;
    std::string fail;
    if (macro == "scoped_cond_guard") {
      const auto comma = next_comma(tokens_, first, close);
      fail = code_of(tokens_, first, comma);
      first = comma + 1;
    }
    if (first >= close) return i;
    // Both only end the loop that the guard is made of.
    const bool falls_through = fail.empty() || fail == "break" || fail == "continue";
    return put(
        i, close,
        fmt::format("if ({}{}{}{}) {{ {}}} else", lock.gives_object ? "!" : "", lock.before,
                    code_of(tokens_, first, close), lock.behind, falls_through ? "" : fail + "; "));
  }

  // "guard(class)(argument)" and "ACQUIRE(class, variable)(argument)".
  std::size_t show_made(std::size_t i, std::size_t close, const GuardClass& lock) {
    if (close + 1 >= tokens_.size() || !is_mark(tokens_[close + 1], '(')) return i;
    const auto end = behind_closing(tokens_, close + 1) - 1;
    const auto call =
        fmt::format("{}{}{}", lock.before, code_of(tokens_, close + 2, end), lock.behind);
    if (tokens_[i].text == "guard") return close == i + 3 ? put(i, end, call) : i;
    if (close != i + 5 || lock.gives_object) return i;
    return put(i, end, fmt::format("int {} = {}", tokens_[i + 4].text, call));
  }

  std::size_t put(std::size_t i, std::size_t close, const std::string& instead) {
    if (close >= tokens_.size()) return i;
    const auto used = [](const Token& token) { return token.directive; };
    if (std::any_of(tokens_.begin() + static_cast<std::ptrdiff_t>(i),
                    tokens_.begin() + static_cast<std::ptrdiff_t>(close), used))
      return i;
    const auto from = static_cast<std::size_t>(tokens_[i].text.data() - text_.data());
    const auto to = static_cast<std::size_t>(tokens_[close].text.data() - text_.data()) + 1;
    const auto written = text_.substr(from, to - from);
    const auto lines = static_cast<std::size_t>(std::ranges::count(written, '\n'));
    result_ += text_.substr(copied_, from - copied_);
    if (marked_) result_ += begin_mark(locks_.size());
    result_ += instead + std::string(lines, '\n');
    if (marked_) result_ += end_mark(locks_.size());
    copied_ = to;
    locks_.push_back({std::string(tokens_[i].text), std::string(tokens_[i + 2].text),
                      tokens_[i].line, std::string(written), instead});
    return close + 1;
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  const GuardClasses& classes_;
  std::vector<GuardLock>& locks_;
  bool marked_;
  std::string result_;
  std::size_t copied_ = 0;
};

// Writes guards for the locks of a text that semantic patches have changed.
class Hider {
 public:
  Hider(std::string_view text, const GuardClasses& classes, const std::vector<GuardLock>& locks)
      : text_(text), classes_(classes), locks_(locks) {}

  std::optional<std::string> hidden() {
    std::string result;
    std::size_t copied = 0;
    for (std::size_t i = 0; i < locks_.size(); ++i) {
      const auto begin = text_.find(begin_mark(i), copied);
      const auto end = text_.find(end_mark(i), copied);
      if (begin == std::string_view::npos || end == std::string_view::npos || end < begin)
        return std::nullopt;
      const auto first = begin + begin_mark(i).size();
      auto guard = guard_for(locks_[i], text_.substr(first, end - first));
      if (!guard) return std::nullopt;
      result += text_.substr(copied, begin - copied);
      result += *guard;
      copied = end + end_mark(i).size();
    }
    return result + std::string(text_.substr(copied));
  }

 private:
  std::optional<std::string> guard_for(const GuardLock& lock, std::string_view now) {
    const auto written = tokens_of(lock.written);
    auto made = std::string(lock.guard_class);
    if (lock.macro == "ACQUIRE_ERR") {
      if (auto held = held_.find(written[5].text); held != held_.end()) made = held->second;
    } else if (!same_tokens(lock.shown, now)) {
      made = class_now(lock, now);
    }
    if (made.empty()) return std::nullopt;
    if (lock.macro == "ACQUIRE") held_[std::string(written[4].text)] = made;
    auto guard = lock.written;
    if (lock.macro == "scoped_cond_guard") replace_fail(written, now, guard);
    const auto place = static_cast<std::size_t>(written[2].text.data() - lock.written.data());
    guard.replace(place, written[2].text.size(), made);
    // The proof: it stands for what the semantic patches left.
    std::vector<GuardLock> again;
    if (!same_tokens(Shower(guard, classes_, again, false).shown(), now)) return std::nullopt;
    return guard;
  }

  // The class that takes the lock as it is taken now.
  [[nodiscard]] std::string class_now(const GuardLock& lock, std::string_view now) const {
    const auto tokens = tokens_of(now);
    const std::size_t place = lock.macro == "guard" ? 0 : lock.macro == "ACQUIRE" ? 3 : 2;
    if (place >= tokens.size()) return {};
    return guard_class_by(classes_, lock.guard_class, tokens[place].text);
  }

  // "if (lock) { FAIL; } else"
  static void replace_fail(const std::vector<Token>& written, std::string_view now,
                           std::string& guard) {
    const auto tokens = tokens_of(now);
    const auto brace = tokens.size() > 1 ? behind_closing(tokens, 1) : 0;
    if (brace + 4 >= tokens.size()) return;  // "{ } else"
    const auto fail = code_of(tokens, brace + 1, tokens.size() - 3);
    const auto end = next_comma(written, 4, written.size());
    if (fail == code_of(written, 4, end)) return;
    const auto* begin = written.front().text.data();
    const auto& last = written[end - 1].text;
    const auto from = static_cast<std::size_t>(written[4].text.data() - begin);
    const auto to = static_cast<std::size_t>(last.data() + last.size() - begin);
    guard.replace(from, to - from, fail);
  }

  std::string_view text_;
  const GuardClasses& classes_;
  const std::vector<GuardLock>& locks_;
  std::map<std::string, std::string, std::less<>> held_;  // classes by the variables of ACQUIRE
};

}  // namespace

const std::vector<std::string>& guard_definers() {
  static const std::vector<std::string> kDefiners{"DEFINE_GUARD_COND", "DEFINE_LOCK_GUARD_1_COND"};
  return kDefiners;
}

bool is_guard_macro(std::string_view word) {
  return std::ranges::find(kGuards, word) != kGuards.end();
}

std::set<std::string> guard_classes_in(const std::vector<Token>& tokens) {
  std::set<std::string> classes;
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i)
    if (!tokens[i].directive && is_guard_macro(tokens[i].text) && is_mark(tokens[i + 1], '(') &&
        is_word(tokens[i + 2]))
      classes.emplace(tokens[i + 2].text);
  return classes;
}

std::string guard_constructor(std::string_view guard_class) {
  return fmt::format("class_{}_constructor", guard_class);
}

GuardClass constructed_class(std::string_view guard_class) {
  return {std::string(guard_class), guard_constructor(guard_class) + "(", ")", true};
}

void add_guard_classes(const std::vector<Token>& tokens, GuardClasses& classes) {
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    const auto arguments = defined_at(tokens, i);
    if (arguments.empty()) continue;
    if (auto made = class_of(arguments[0], lock_that_returns_0(arguments)))
      classes.try_emplace(arguments[0] + arguments[1], std::move(*made));
  }
}

std::optional<GuardDefinition> guard_definition(const std::vector<Token>& tokens,
                                                std::string_view guard_class) {
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    const auto arguments = defined_at(tokens, i);
    if (arguments.empty() || arguments[0] + arguments[1] != guard_class) continue;
    const auto behind = behind_closing(tokens, i + 1);
    const int last = tokens[behind - 1].line;
    const bool apart = (i == 0 || tokens[i - 1].line < tokens[i].line) &&
                       (behind == tokens.size() || tokens[behind].line > last);
    if (apart) return GuardDefinition{arguments[1], tokens[i].line, last};
  }
  return std::nullopt;
}

std::string guard_class_by(const GuardClasses& classes, std::string_view guard_class,
                           std::string_view function) {
  const auto model = classes.find(guard_class);
  if (model == classes.end()) return {};
  for (const auto& [name, other] : classes)
    if (other.base == model->second.base && function_of(other) == function &&
        other.behind == model->second.behind)
      return name;
  return {};
}

std::string with_locks_shown(std::string_view text, const GuardClasses& classes,
                             std::vector<GuardLock>& locks) {
  return Shower(text, classes, locks, false).shown();
}

std::string with_locks_marked(std::string_view text, const GuardClasses& classes,
                              std::vector<GuardLock>& locks) {
  return Shower(text, classes, locks, true).shown();
}

std::optional<std::string> with_locks_hidden(std::string_view text, const GuardClasses& classes,
                                             const std::vector<GuardLock>& locks) {
  return Hider(text, classes, locks).hidden();
}

}  // namespace killify
