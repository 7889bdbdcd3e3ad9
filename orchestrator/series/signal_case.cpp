#include "series/signal_case.h"

#include "facts/outline.h"
#include "reach/condition.h"
#include "reach/statements.h"
#include "support/text.h"

#include <algorithm>
#include <map>
#include <vector>

namespace killify {
namespace {

using Span = std::span<const Token>;

bool is_signal(Span label) {
  const auto number = error_number(label);
  return number == "-EINTR" || number == "-ERESTARTSYS";
}

bool is_success(Span label) {
  return label.size() == 1 && label[0].kind == Token::Kind::kNumber;
}

// Labels, and the statements behind them.
struct Group {
  struct Label {
    std::size_t first;  // "case" or "default"
    std::size_t colon;
    bool signal;
    bool success;
    bool is_default;
  };
  std::vector<Label> labels;
  std::vector<std::pair<std::size_t, std::size_t>> statements;  // first and last token
  bool leaves = false;
  bool entered = false;  // the group before falls through into it
};

class Function {
 public:
  Function(const std::string& text, const FunctionExtent& extent, const SignalCase& wanted)
      : wanted_(wanted), lines_(split_lines(text)), tokens_(tokens_of(text)) {
    while (begin_ < tokens_.size() && tokens_[begin_].line < extent.first) ++begin_;
    for (end_ = begin_; end_ < tokens_.size() && tokens_[end_].line <= extent.last; ++end_) {
      const auto& token = tokens_[end_];
      // VM_FAULT_NOPAGE may be right where mmap_lock is not held.
      if (is(token, "mmap_read_unlock") || is(token, "up_read")) drops_lock_ = true;
      if (is_assignment(tokens_, end_)) note_assignment(end_);
    }
  }

  bool change() {
    if (drops_lock_) return false;
    bool any = false;
    for (auto i = begin_; i < end_; ++i)
      if (is(tokens_[i], "switch") && is_at(tokens_, i + 1, "(")) any = change_switch(i) || any;
    return any;
  }

  [[nodiscard]] std::string text() const {
    std::string out;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (const auto at = instead_.find(i); at != instead_.end())
        out += at->second;
      else
        out += lines_[i] + '\n';
      if (const auto at = behind_.find(i); at != behind_.end()) out += at->second;
    }
    return out;
  }

 private:
  void note_assignment(std::size_t at) {
    const std::string variable(tokens_[at - 1].text);
    const bool sleeps =
        is_at(tokens_, at + 2, "(") && wanted_.sleeps.contains(std::string(tokens_[at + 1].text));
    if (sleeps)
      holders_.insert(variable);
    else if (!is(tokens_[at + 1], "0") || !is(tokens_[at + 2], ";"))
      others_.insert(variable);
  }

  // Whether a switch over this is one over what a sleep returns, and over nothing else.
  struct Asked {
    bool sleep;
    bool sure;
  };
  [[nodiscard]] Asked asked(Span expression) const {
    expression = without_parentheses(expression);
    if (expression.empty()) return {false, false};
    const std::string name(expression[0].text);
    if (expression.size() == 1 || is_assignment(expression, 1))
      return {holders_.contains(name), wanted_.only_signal && !others_.contains(name)};
    return {wanted_.sleeps.contains(name), wanted_.only_signal};
  }

  bool change_switch(std::size_t at) {
    const auto close = closing(tokens_, at + 1);
    const auto end = end_of_statement(tokens_, at);
    if (end >= end_ || !is(tokens_[close + 1], "{")) return false;
    const auto [sleep, sure] = asked(Span(tokens_).subspan(at + 2, close - at - 2));
    if (!sleep) return false;
    const auto groups = groups_in(close + 2, end);
    if (groups.empty()) return false;
    bool listed = false;
    bool success_listed = false;
    for (const auto& group : groups)
      for (const auto& label : group.labels) {
        listed = listed || label.signal;
        success_listed = success_listed || label.success;
      }
    bool any = false;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      const auto is_of_signal = [&](const Group::Label& label) {
        return listed ? label.signal : label.is_default && success_listed;
      };
      const auto count = std::ranges::count_if(groups[i].labels, is_of_signal);
      if (count == 0) continue;
      const bool alone = count == static_cast<std::ptrdiff_t>(groups[i].labels.size());
      if (alone && !groups[i].entered)
        any = put_result(groups, i, sure) || any;
      else if (listed && move_out(groups[i], sure))
        any = true;
      else
        any = put_result(groups, i, false) || any;
    }
    return any;
  }

  [[nodiscard]] std::vector<Group> groups_in(std::size_t first, std::size_t end) const {
    std::vector<Group> groups;
    for (auto i = first; i < end;) {
      if (tokens_[i].directive) return {};
      if (is(tokens_[i], "case") || is(tokens_[i], "default")) {
        auto colon = i;
        while (colon < end && !is(tokens_[colon], ":")) ++colon;
        if (groups.empty() || !groups.back().statements.empty()) {
          const bool entered = !groups.empty() && !groups.back().leaves;
          groups.emplace_back().entered = entered;
        }
        const auto label = without_parentheses(Span(tokens_).subspan(i + 1, colon - i - 1));
        groups.back().labels.push_back(
            {i, colon, is_signal(label), is_success(label), is(tokens_[i], "default")});
        i = colon + 1;
        continue;
      }
      const auto last = end_of_statement(tokens_, i);
      if (groups.empty() || last >= end) return {};
      groups.back().statements.emplace_back(i, last);
      groups.back().leaves = leaves(tokens_, i, last);
      i = last + 1;
    }
    return groups;
  }

  [[nodiscard]] std::string result(bool sure) const {
    return sure
               ? wanted_.result
               : "fatal_signal_pending(current) ? " + wanted_.result + " : " + std::string(kNoPage);
  }

  // Whether "return VM_FAULT_NOPAGE;" or "x = VM_FAULT_NOPAGE;" ends with that token.
  [[nodiscard]] bool gives_no_page(std::size_t at) const {
    return is(tokens_[at], kNoPage) && is_at(tokens_, at + 1, ";") &&
           (is(tokens_[at - 1], "return") || is_assignment(tokens_, at - 1));
  }

  // The result where VM_FAULT_NOPAGE stands, from this group on until it leaves the switch.
  bool put_result(const std::vector<Group>& groups, std::size_t index, bool sure) {
    std::vector<std::size_t> places;
    for (auto i = index; i < groups.size(); ++i) {
      const bool shared = i > index || groups[i].entered || groups[i].labels.size() > 1;
      if (shared && success_reaches(groups, i)) return false;
      sure = sure && i == index;
      for (const auto& [first, last] : groups[i].statements)
        for (auto at = first; at <= last; ++at)
          if (gives_no_page(at)) places.push_back(at);
      if (groups[i].leaves) break;
    }
    for (const auto at : places) {
      const auto line = static_cast<std::size_t>(tokens_[at].line) - 1;
      auto text = instead_.contains(line) ? instead_.at(line) : lines_[line] + '\n';
      const auto where = text.find(kNoPage);
      if (where == std::string::npos || text.find(kNoPage, where + 1) != std::string::npos)
        return false;
      instead_[line] = text.replace(where, kNoPage.size(), result(sure));
    }
    return !places.empty();
  }

  // Whether a case of success, or one that may be, leads into the statements of a group.
  [[nodiscard]] static bool success_reaches(const std::vector<Group>& groups, std::size_t index) {
    for (auto i = index + 1; i-- > 0;) {
      for (const auto& label : groups[i].labels)
        if (label.success) return true;
      if (!groups[i].entered) return false;
    }
    return false;
  }

  // Takes the labels of a signal out of a case that does nothing but give VM_FAULT_NOPAGE.
  bool move_out(const Group& group, bool sure) {
    const auto& statements = group.statements;
    if (!group.leaves || statements.empty() || statements.size() > 2 ||
        !gives_no_page(statements[0].second - 1) || is(tokens_[statements[0].first], "{"))
      return false;
    std::string labels;
    std::set<std::size_t> lines;
    for (const auto& label : group.labels) {
      if (!label.signal) continue;
      const auto line = line_of(label.first, label.colon);
      if (line == lines_.size()) return false;
      lines.insert(line);
      labels += lines_[line] + '\n';
    }
    std::string body;
    std::size_t last = 0;
    for (const auto& [first, end] : statements) {
      last = line_of(first, end);
      if (last == lines_.size()) return false;
      body += lines_[last].substr(0, lines_[last].find(';') + 1) + '\n';
    }
    body.replace(body.find(kNoPage), kNoPage.size(), result(sure));
    for (const auto line : lines) instead_[line] = "";
    behind_[last] += labels + body;
    return true;
  }

  // The line that holds these tokens and no others; the number of lines where it holds more.
  [[nodiscard]] std::size_t line_of(std::size_t first, std::size_t last) const {
    const auto line = tokens_[first].line;
    const bool own = tokens_[last].line == line && tokens_[first - 1].line < line &&
                     (last + 1 == tokens_.size() || tokens_[last + 1].line > line);
    return own ? static_cast<std::size_t>(line) - 1 : lines_.size();
  }

  const SignalCase& wanted_;
  std::vector<std::string> lines_;
  Tokens tokens_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool drops_lock_ = false;
  std::set<std::string> holders_;               // variables that are given what a sleep returns
  std::set<std::string> others_;                // variables that are given something else
  std::map<std::size_t, std::string> instead_;  // of a line
  std::map<std::size_t, std::string> behind_;   // a line
};

}  // namespace

std::string with_signal_cases(const std::string& text, const SignalCase& wanted) {
  auto changed = text;
  const auto count = function_extents(tokens_of(text)).size();
  for (std::size_t i = 0; i < count; ++i) {
    // Lines move.
    const auto extents = function_extents(tokens_of(changed));
    if (extents[i].name != wanted.function) continue;
    Function function(changed, extents[i], wanted);
    if (function.change()) changed = function.text();
  }
  return changed;
}

}  // namespace killify
