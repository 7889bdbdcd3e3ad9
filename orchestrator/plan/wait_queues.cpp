#include "plan/wait_queues.h"

#include "facts/lexer.h"
#include "reach/sleeps.h"

#include <algorithm>

namespace killify {
namespace {

bool is_in_group(const TreeEntry& entry, const std::string& group) {
  return entry.path == group || entry.path.starts_with(group + "/");
}

// "wait_queue_head_t name" or DECLARE_WAIT_QUEUE_HEAD(name) and its like, in these tokens.
bool declares_queue(const std::vector<Token>& tokens, const std::string& name) {
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    if (tokens[i].text != name) continue;
    if (tokens[i - 1].text == "wait_queue_head_t" || tokens[i - 1].text == "wait_queue_head")
      return true;
    if (i >= 2 && tokens[i - 1].text == "(" &&
        tokens[i - 2].text.find("WAIT_QUEUE_HEAD") != std::string_view::npos)
      return true;
  }
  return false;
}

const Waker* find_waker(const Catalogue& catalogue, const std::string& name) {
  auto it = std::find_if(catalogue.wakers.begin(), catalogue.wakers.end(),
                         [&](const Waker& waker) { return waker.name == name; });
  return it == catalogue.wakers.end() ? nullptr : &*it;
}

bool names_queue(const CallFact& call, unsigned argument, const std::string& queue) {
  return argument < call.arguments.size() && last_name(call.arguments[argument]) == queue;
}

bool is_wait(const Catalogue& catalogue, const std::string& name) {
  return std::find(catalogue.queue_waits.begin(), catalogue.queue_waits.end(), name) !=
         catalogue.queue_waits.end();
}

bool sleeps_interruptibly(const Catalogue& catalogue, const CallFact& call,
                          const SourceFacts& facts) {
  auto functions = facts.functions_named(call.function);
  for (const auto* function : functions)
    for (const auto& sleep : sleeps_in(*function, facts, {}, catalogue))
      if (sleep.line == call.line && sleep.sink->name == call.callee)
        return sleep.condition.holds != Truth::kFalse;
  return functions.empty();
}

// Whether the name at tokens[i] is used in a way that is understood: declared, or given to a
// function that is known to wait on the queue, to wake it or to do neither. A pointer to it that is
// kept would be woken under another name.
bool is_plain_use(const Catalogue& catalogue, const std::vector<Token>& tokens, std::size_t i) {
  static const std::set<std::string_view> kHarmless = {
      "init_waitqueue_head", "__init_waitqueue_head", "init_wait_entry",       "poll_wait",
      "waitqueue_active",    "wq_has_sleeper",        "wq_has_single_sleeper", "finish_wait",
      "remove_wait_queue"};
  int depth = 0;
  for (auto j = i; j > 0; --j) {
    const auto& token = tokens[j - 1];
    if (token.text == ";" || token.text == "{" || token.text == "}") break;
    if (token.text == ")") ++depth;
    if (token.text != "(" || --depth >= 0) continue;
    depth = 0;
    if (j < 2 || tokens[j - 2].kind != Token::Kind::kWord) continue;  // "(&dev->wq)"
    auto callee = tokens[j - 2].text;
    if (kHarmless.contains(callee) || callee.find("wake_up") != std::string_view::npos ||
        callee.find("WAIT_QUEUE_HEAD") != std::string_view::npos ||
        is_wait(catalogue, std::string(callee)))
      return true;
  }
  return i > 0 &&
         (tokens[i - 1].text == "wait_queue_head_t" || tokens[i - 1].text == "wait_queue_head");
}

// Whether the text includes a header of that name, by whatever path.
bool includes(std::string_view text, std::string_view name) {
  for (auto at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    auto line = text.rfind('\n', at);
    auto start = text.substr(line == std::string_view::npos ? 0 : line + 1);
    auto end = at + name.size();
    bool whole = at > 0 && std::string_view("/\"<").find(text[at - 1]) != std::string_view::npos &&
                 end < text.size() && (text[end] == '"' || text[end] == '>');
    if (whole && start.starts_with("#include")) return true;
  }
  return false;
}

class QueueJudge {
 public:
  QueueJudge(TreeFacts& facts, const Catalogue& catalogue, std::string queue,
             const std::set<Place>& converted)
      : facts_(facts), catalogue_(catalogue), converted_(converted) {
    judgement_.queue = std::move(queue);
  }

  Result<QueueJudgement> judge(const std::string& group) {
    std::vector<const TreeEntry*> files;
    std::vector<const TreeEntry*> outside;
    for (const auto* entry : facts_.words().files_with(judgement_.queue))
      (is_in_group(*entry, group) ? files : outside).push_back(entry);
    KILLIFY_TRY(bool all_heard, wakes_all_sleepers(group, files));
    if (all_heard) return std::move(judgement_);
    KILLIFY_CHECK(facts_.read_ahead(files, "Reading users of the wait queue"));
    for (const auto* entry : files) KILLIFY_CHECK(look_at(entry->path));
    // Elsewhere the same name is another queue, unless the file knows the one declared here.
    for (const auto* entry : outside) KILLIFY_CHECK(look_at_outsider(entry->path));
    if (!declared_)
      object("the wait queue '{}' is not declared in {}: others may wait on it or wake it",
             judgement_.queue, group);
    else if (!woken_)
      object("no wake-up of the wait queue '{}' found in {}", judgement_.queue, group);
    // Wake-ups that reach every sleeper stay as they are, and so does what others hear.
    if (!judgement_.wakers.empty() && !other_sleeper_.empty()) object("{}", other_sleeper_);
    return std::move(judgement_);
  }

 private:
  // The first objection counts.
  template <typename... Args>
  void object(fmt::format_string<Args...> format, Args&&... args) {
    if (judgement_.objection.empty())
      judgement_.objection = fmt::format(format, std::forward<Args>(args)...);
  }

  // Whether the queue is the driver's own, the driver wakes it, and nothing in the driver spares a
  // killable sleeper of any queue.
  Result<bool> wakes_all_sleepers(const std::string& group,
                                  const std::vector<const TreeEntry*>& files) {
    for (const auto& waker : catalogue_.wakers)
      for (const auto* entry : facts_.words().files_with(waker.name))
        if (is_in_group(*entry, group)) return false;
    bool declared = false;
    bool woken = false;
    for (const auto* entry : files) {
      KILLIFY_TRY(const auto* sketch, facts_.sketch(entry->path));
      declared = declared || declares_queue(tokens_of(sketch->text()), judgement_.queue);
      for (const auto& call : sketch->calls()) {
        if (call.callee.find("wake_up") == std::string_view::npos) continue;
        auto arguments = sketch->arguments(call);
        woken = woken || (!arguments.empty() && last_name(arguments[0]) == judgement_.queue);
      }
    }
    return declared && woken;
  }

  Status look_at(const std::string& path) {
    KILLIFY_TRY(auto text, facts_.text(path));
    auto tokens = tokens_of(text);
    if (declares_queue(tokens, judgement_.queue)) {
      declared_ = true;
      if (path.ends_with(".h")) headers_.insert(path.substr(path.rfind('/') + 1));
    }
    KILLIFY_TRY(const auto* facts, facts_.of(path));
    std::set<std::string> wakers;
    for (const auto& call : facts->calls) look_at_call(*facts, call, wakers);
    if (!wakers.empty()) judgement_.wakers.emplace_back(path, std::move(wakers));
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const auto& token = tokens[i];
      if (token.text != judgement_.queue || token.kind != Token::Kind::kWord) continue;
      if (token.directive || facts->lost_in(token.line, token.line))
        object("{}:{}: spatch cannot parse this use of the wait queue '{}'", path, token.line,
               judgement_.queue);
      else if (!is_plain_use(catalogue_, tokens, i))
        object("{}:{}: what becomes of the wait queue '{}' here is not followed", path, token.line,
               judgement_.queue);
    }
    return {};
  }

  Status look_at_outsider(const std::string& path) {
    if (headers_.empty()) return {};
    KILLIFY_TRY(auto text, facts_.text(path));
    bool knows = std::any_of(headers_.begin(), headers_.end(),
                             [&](const std::string& header) { return includes(text, header); });
    if (!knows) return {};
    auto inside = judgement_.wakers.size();
    KILLIFY_CHECK(look_at(path));
    // It may be the same queue or not; another driver's file is not changed on a guess.
    if (judgement_.wakers.size() > inside)
      object("{} may wake the wait queue '{}', too", path, judgement_.queue);
    return {};
  }

  void look_at_call(const SourceFacts& facts, const CallFact& call, std::set<std::string>& wakers) {
    if (is_wait(catalogue_, call.callee) && names_queue(call, 0, judgement_.queue)) {
      if (other_sleeper_.empty() && !converted_.contains({facts.path, call.line}) &&
          sleeps_interruptibly(catalogue_, call, facts))
        other_sleeper_ = fmt::format("{}() sleeps interruptibly on the same wait queue ({}:{})",
                                     call.function, facts.path, call.line);
      return;
    }
    const auto* waker = find_waker(catalogue_, call.callee);
    if (waker != nullptr && names_queue(call, waker->object, judgement_.queue)) {
      woken_ = true;
      if (waker->counterpart.empty())
        object("{}() has no counterpart that wakes killable sleepers, too ({}:{})", call.callee,
               facts.path, call.line);
      wakers.insert(call.callee);
    } else if (call.callee.find("wake_up") != std::string::npos &&
               std::any_of(call.arguments.begin(), call.arguments.end(),
                           [&](const std::string& argument) {
                             return last_name(argument) == judgement_.queue;
                           })) {
      woken_ = true;
    }
  }

  TreeFacts& facts_;
  const Catalogue& catalogue_;
  const std::set<Place>& converted_;
  std::set<std::string> headers_;  // of the driver that declare the queue, without directories
  bool declared_ = false;
  bool woken_ = false;
  std::string other_sleeper_;  // that is not converted and any signal ends; the first
  QueueJudgement judgement_;
};

}  // namespace

Result<QueueJudgement> judge_queue(TreeFacts& facts, const Catalogue& catalogue,
                                   const std::string& expression, const std::string& group,
                                   const std::set<Place>& converted) {
  auto queue = last_name(expression);
  if (queue.empty()) {
    QueueJudgement judgement;
    judgement.objection =
        expression.empty() ? std::string("which wait queue it sleeps on is not to be seen")
                           : fmt::format("the wait queue '{}' has no name to look for", expression);
    return judgement;
  }
  return QueueJudge(facts, catalogue, queue, converted).judge(group);
}

Result<std::string> judge_task_wakeups(TreeFacts& facts, const Catalogue& catalogue,
                                       const std::string& group) {
  for (const auto& waker : catalogue.wakers) {
    if (!waker.state) continue;
    for (const auto* entry : facts.words().files_with(waker.name)) {
      if (!is_in_group(*entry, group)) continue;
      KILLIFY_TRY(const auto* source, facts.of(entry->path));
      for (const auto& call : source->calls)
        if (call.callee == waker.name && *waker.state < call.arguments.size() &&
            call.arguments[*waker.state] == "TASK_INTERRUPTIBLE")
          return fmt::format("{}() does not wake a killable sleeper ({}:{})", waker.name,
                             entry->path, call.line);
    }
  }
  return std::string();
}

}  // namespace killify
