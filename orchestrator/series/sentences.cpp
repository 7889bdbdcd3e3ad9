#include "series/sentences.h"

#include "series/left_alone.h"
#include "series/prepare_sentences.h"
#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string_view>
#include <utility>

// Sites are gathered twice. Handlers that do the same (sleep in the same calls and return the same)
// share a sentence; sentences about the same return value share a paragraph that ends with what
// this return value leads to. So one etnaviv gets three lines, and five handlers of one driver do
// not get five times the same explanation.

namespace killify {
namespace {

constexpr std::size_t kBriefNames = 2;  // in a list of a message that has little room
constexpr const char* kKillableState = "TASK_KILLABLE";

// What a site waits for; decides the words for the end of the wait.
enum class SleepWords { kLock, kCompletion, kWait, kCheck };

// What a pending signal leads to.
enum class Outcome {
  kRetriedAccess,
  kRetriedFault,
  kFalseSuccess,
  kFailure,
  kNoMemory,
  kIgnored,
  kUnknown
};

void add_once(std::vector<std::string>& list, const std::string& item) {
  if (std::ranges::find(list, item) == list.end()) list.push_back(item);
}

// At most so many of them by name, the others counted.
std::string functions_in_words(const std::vector<std::string>& names, std::size_t most,
                               std::string_view what = "handler") {
  std::vector<std::string> items;
  const bool all = names.size() <= most;
  for (std::size_t i = 0; i < (all ? names.size() : std::max<std::size_t>(1, most - 1)); ++i)
    items.push_back(call(names[i]));
  if (!all) {
    const auto others = names.size() - items.size();
    items.push_back(fmt::format("{} other {}{}", others, what, others == 1 ? "" : "s"));
  }
  return list_in_words(items);
}

// "a() and 5 more": for a subject that has no room for all.
std::string some_functions(const std::vector<std::string>& names) {
  if (names.size() < 2) return {};
  return fmt::format("{} and {} more", call(names.front()), names.size() - 1);
}

bool names_state(const SiteChange& site) {
  return site.before == site.after;
}

// set_current_state() and prepare_to_wait() only set the state in which another call sleeps.
bool sets_state(std::string_view name) {
  return name.find("set_") != name.npos || name.starts_with("prepare_to_wait");
}

SleepWords kind_of(const SiteChange& site) {
  const std::string_view name = site.before;
  const auto has = [&](std::string_view part) { return name.find(part) != name.npos; };
  if (has("signal_pending")) return SleepWords::kCheck;
  if (has("completion")) return SleepWords::kCompletion;
  if (has("wait") || has("schedule") || has("sleep") || has("set_")) return SleepWords::kWait;
  return has("lock") || has("down") ? SleepWords::kLock : SleepWords::kWait;
}

Outcome outcome_of(const SiteChange& site) {
  const std::string& result = site.on_signal;
  if (result == "VM_FAULT_NOPAGE" || result == "0") return Outcome::kRetriedAccess;
  if (result == "VM_FAULT_RETRY")
    return site.retry_succeeds ? Outcome::kFalseSuccess : Outcome::kRetriedFault;
  if (result == "ignored") return Outcome::kIgnored;
  if (result == "VM_FAULT_SIGBUS" || result == "VM_FAULT_HWPOISON") return Outcome::kFailure;
  if (result == "VM_FAULT_OOM") return Outcome::kNoMemory;
  // vmf_error() makes VM_FAULT_SIGBUS of every error but -ENOMEM.
  return result.starts_with("vmf_error") ? Outcome::kFailure : Outcome::kUnknown;
}

// "mutex_lock_interruptible()", "TASK_INTERRUPTIBLE", "wait_on_bit() with TASK_INTERRUPTIBLE".
std::string slept_in(const SiteChange& site) {
  if (!names_state(site)) return call(site.before);
  return sets_state(site.before) ? "TASK_INTERRUPTIBLE"
                                 : call(site.before) + " with TASK_INTERRUPTIBLE";
}

// Handlers that do the same.
struct Behaviour {
  std::vector<std::string> handlers;
  std::vector<std::string> sleeps;  // "mutex_lock_interruptible() through foo_lock()"
  std::vector<std::string> checks;  // "signal_pending()"
  std::string on_signal;
  Outcome outcome = Outcome::kUnknown;
  bool retries = false;  // a loop goes round again
};

// Behaviours with the same outcome.
struct Trouble {
  Outcome outcome = Outcome::kUnknown;
  std::vector<Behaviour> behaviours;
  std::vector<const SiteChange*> sites;
};

Behaviour& behaviour_of(std::vector<Behaviour>& list, const SiteChange& site) {
  for (Behaviour& known : list)
    if (known.handlers.front() == site.handler && known.on_signal == site.on_signal &&
        known.outcome == outcome_of(site))
      return known;
  list.push_back({.handlers = {site.handler},
                  .sleeps = {},
                  .checks = {},
                  .on_signal = site.on_signal,
                  .outcome = outcome_of(site)});
  return list.back();
}

std::vector<Behaviour> behaviours_of(const std::vector<SiteChange>& sites) {
  std::vector<Behaviour> of_handlers;
  for (const SiteChange& site : sites) {
    Behaviour& behaviour = behaviour_of(of_handlers, site);
    std::string where = slept_in(site);
    if (!site.function.empty() && site.function != site.handler)
      where += " through " + call(site.function);
    add_once(kind_of(site) == SleepWords::kCheck ? behaviour.checks : behaviour.sleeps, where);
    behaviour.retries = behaviour.retries || site.loop_exit;
  }
  std::vector<Behaviour> merged;
  for (Behaviour& behaviour : of_handlers) {
    const auto same = std::ranges::find_if(merged, [&](const Behaviour& other) {
      return other.sleeps == behaviour.sleeps && other.checks == behaviour.checks &&
             other.on_signal == behaviour.on_signal && other.outcome == behaviour.outcome &&
             other.retries == behaviour.retries;
    });
    if (same == merged.end())
      merged.push_back(std::move(behaviour));
    else
      add_once(same->handlers, behaviour.handlers.front());
  }
  return merged;
}

std::vector<Trouble> troubles_of(const std::vector<SiteChange>& sites) {
  std::vector<Trouble> troubles;
  const auto at = [&](Outcome outcome) -> Trouble& {
    const auto known = std::ranges::find(troubles, outcome, &Trouble::outcome);
    if (known != troubles.end()) return *known;
    troubles.push_back({.outcome = outcome, .behaviours = {}, .sites = {}});
    return troubles.back();
  };
  for (Behaviour& behaviour : behaviours_of(sites))
    at(behaviour.outcome).behaviours.push_back(std::move(behaviour));
  for (const SiteChange& site : sites) at(outcome_of(site)).sites.push_back(&site);
  return troubles;
}

// "foo_fault() sleeps in mutex_lock_interruptible() and returns VM_FAULT_NOPAGE when a signal is
// pending."
std::string behaviour_sentence(const Behaviour& behaviour, std::size_t most) {
  const bool one = behaviour.handlers.size() == 1;
  std::vector<std::string> deeds;
  bool lists_within = false;
  const auto add_list = [&](std::string_view verb, std::string_view preposition,
                            const std::vector<std::string>& things) {
    std::vector<std::string> items;
    items.reserve(things.size());
    const std::size_t named = things.size() <= most ? things.size() : most - 1;
    for (std::size_t i = 0; i < named; ++i)
      items.push_back(fmt::format("{}{}", preposition, things[i]));
    if (const auto others = things.size() - named; others > 0 && named > 0)
      items.push_back(fmt::format("{}{} more", preposition, counted(others, "place")));
    else if (others > 0)
      items.push_back(fmt::format("{}{}", preposition, counted(others, "place")));
    if (!items.empty()) deeds.push_back(fmt::format("{} {}", verb, list_in_words(items)));
    lists_within = lists_within || items.size() > 1;
  };
  add_list(one ? "sleeps" : "sleep", "in ", behaviour.sleeps);
  add_list(one ? "checks" : "check", "", behaviour.checks);
  const std::string& result = behaviour.on_signal;
  if (behaviour.outcome == Outcome::kIgnored)
    deeds.push_back(
        behaviour.retries
            ? fmt::format("{} again whatever ended the sleep", one ? "tries" : "try")
            : fmt::format("{} that a signal ended the sleep", one ? "ignores" : "ignore"));
  else if (result.starts_with("VM_FAULT_") || result == "0")
    deeds.push_back(
        fmt::format("{} {} when a signal is pending", one ? "returns" : "return", result));
  else if (!result.empty() && result != "unknown")
    deeds.push_back(fmt::format("{} what {} makes of the error when a signal is pending",
                                one ? "returns" : "return", call(result)));
  std::string text;
  if (deeds.size() == 2 && lists_within)
    text = fmt::format("{}, and {}", deeds[0], deeds[1]);
  else
    text = list_in_words(deeds);
  return fmt::format("{} {}.", functions_in_words(behaviour.handlers, most), text);
}

// What the sites of one trouble have in common, in the words of "... until etnaviv_obj->lock is
// free".
struct Wait {
  std::string fails;
  std::string until;
};

Wait wait_of(const std::vector<const SiteChange*>& sites) {
  std::vector<std::string> objects;
  std::vector<SleepWords> kinds;
  for (const SiteChange* site : sites) {
    const SleepWords kind = kind_of(*site);
    if (kind == SleepWords::kCheck && sites.size() > 1) continue;
    kinds.push_back(kind);
    add_once(objects, site->object);
  }
  const auto all = [&](SleepWords kind) {
    return !kinds.empty() &&
           std::ranges::all_of(kinds, [&](SleepWords other) { return other == kind; });
  };
  const bool named = objects.size() == 1 && !objects.front().empty();
  if (all(SleepWords::kLock))
    return {.fails = "the lock attempt fails at once",
            .until = (named ? objects.front() : "the lock") + " is free"};
  if (all(SleepWords::kCompletion))
    return {.fails = "the wait ends at once",
            .until = named ? objects.front() + " is completed" : "what it waits for is completed"};
  if (all(SleepWords::kWait))
    return {.fails = "the wait ends at once", .until = "what it waits for has happened"};
  if (all(SleepWords::kCheck))
    return {.fails = "the handler gives up at once", .until = "what it waits for has happened"};
  return {.fails = "the sleep ends at once", .until = "there is nothing left to wait for"};
}

// "page_mkwrite and pfn_mkwrite": the fields that hold the handlers.
std::string fields_of(const std::vector<const SiteChange*>& sites) {
  std::vector<std::string> fields;
  for (const SiteChange* site : sites) add_once(fields, site->field);
  return list_in_words(fields);
}

std::vector<std::string> handlers_of(const Trouble& trouble) {
  std::vector<std::string> handlers;
  for (const SiteChange* site : trouble.sites) add_once(handlers, site->handler);
  return handlers;
}

std::string consequence(const Trouble& trouble, std::size_t most) {
  const Wait wait = wait_of(trouble.sites);
  const std::vector<std::string> handlers = handlers_of(trouble);
  const std::string who = functions_in_words(handlers, most);
  const std::string_view is = handlers.size() == 1 ? "is" : "are";
  const std::string_view returns = handlers.size() == 1 ? "returns" : "return";
  const bool retries = std::ranges::any_of(trouble.behaviours, &Behaviour::retries);
  const bool several = trouble.sites.size() > 1;
  switch (trouble.outcome) {
    case Outcome::kRetriedAccess:
    case Outcome::kRetriedFault:
      return fmt::format(
          "When the fault comes from kernel mode, nothing delivers that signal: {} {} called again "
          "at once, {}, and the task spins until {}.",
          who, is, wait.fails, wait.until);
    case Outcome::kFalseSuccess:
      return fmt::format(
          "That counts as success from {}: the page is made writable though {} did not do {} work.",
          fields_of(trouble.sites), who, handlers.size() == 1 ? "its" : "their");
    case Outcome::kFailure:
      return fmt::format(
          "A signal that the program would have handled thus becomes a bus error of {}, or makes a "
          "system call that touches the mapping fail with -EFAULT or end short.",
          who);
    case Outcome::kNoMemory:
      return fmt::format(
          "A signal that the program would have handled thus counts as a lack of memory in {}, and "
          "a system call that touches the mapping fails with -EFAULT or ends short.",
          who);
    case Outcome::kIgnored:
      return retries
                 ? fmt::format(
                       "Nothing delivers a signal before {} {}: with one pending every further "
                       "sleep ends at once, and the loop burns CPU time until {}.",
                       who, returns, wait.until)
                 : fmt::format(
                       "Nothing delivers a signal before {} {}: with one pending the sleep ends at "
                       "once, however often it is tried.",
                       who, returns);
    case Outcome::kUnknown:
      break;
  }
  return fmt::format(
      "A signal that is not fatal ends {} as well. In a fault from kernel mode nothing delivers "
      "it: "
      "by what {} then {}, the task spins until {}, or the access fails because of a harmless "
      "signal.",
      several ? "these sleeps" : "this sleep", who, returns, wait.until);
}

std::string problem(const std::vector<Trouble>& troubles, std::size_t most) {
  std::vector<std::string> paragraphs;
  for (const Trouble& trouble : troubles) {
    std::vector<std::string> sentences;
    for (const Behaviour& behaviour : trouble.behaviours)
      sentences.push_back(behaviour_sentence(behaviour, most));
    sentences.push_back(consequence(trouble, most));
    paragraphs.push_back(join(sentences, " "));
  }
  return join(paragraphs, "\n\n");
}

// The same where there is no room to tell one by one: who sleeps where, what comes of it in all,
// and the worst of what that leads to.
std::string problem_in_brief(const std::vector<Trouble>& troubles) {
  std::vector<std::string> handlers;
  std::vector<std::string> sleeps;
  std::vector<std::string> results;
  bool ignored = false;
  for (const Trouble& trouble : troubles)
    for (const Behaviour& behaviour : trouble.behaviours) {
      for (const auto& handler : behaviour.handlers) add_once(handlers, handler);
      for (const auto& list : {behaviour.sleeps, behaviour.checks})
        for (const auto& sleep : list) add_once(sleeps, sleep);
      if (behaviour.outcome == Outcome::kIgnored)
        ignored = true;
      else if (behaviour.on_signal.starts_with("VM_FAULT_"))
        add_once(results, behaviour.on_signal);
    }
  Behaviour all{.handlers = handlers,
                .sleeps = std::move(sleeps),
                .checks = {},
                .on_signal = "unknown",
                .outcome = Outcome::kUnknown};
  std::string text = behaviour_sentence(all, kBriefNames);
  std::vector<std::string> deeds;
  if (!results.empty()) deeds.push_back("may return " + list_in_words(results));
  if (ignored) deeds.emplace_back("may ignore it");
  if (!deeds.empty())
    text += fmt::format(" When a signal is pending, {} {}.", handlers.size() == 1 ? "it" : "they",
                        list_in_words(deeds));
  const auto tell = [&](Outcome outcome) {
    const auto trouble = std::ranges::find(troubles, outcome, &Trouble::outcome);
    if (trouble != troubles.end()) text += ' ' + consequence(*trouble, kBriefNames);
    return trouble != troubles.end();
  };
  if (!tell(Outcome::kRetriedAccess)) tell(Outcome::kRetriedFault);
  if (const auto success = std::ranges::find(troubles, Outcome::kFalseSuccess, &Trouble::outcome);
      success != troubles.end())
    text += fmt::format(
        " From {} {} counts as success: the page is made writable though {} did "
        "not do {} work.",
        fields_of(success->sites), success->sites.front()->on_signal,
        functions_in_words(handlers_of(*success), kBriefNames),
        handlers_of(*success).size() == 1 ? "its" : "their");
  tell(Outcome::kFailure);
  return text;
}

std::string conversion(const std::vector<SiteChange>& sites, std::size_t most) {
  std::vector<std::string> calls;
  std::vector<std::string> functions;
  for (const SiteChange& site : sites) {
    add_once(calls,
             names_state(site) || site.after == kKillableState ? kKillableState : call(site.after));
    add_once(functions, site.function.empty() ? site.handler : site.function);
  }
  if (calls.empty()) return {};
  return fmt::format("Use {} for the {} of {}.", list_in_words(calls),
                     sites.size() == 1 ? "sleep" : "sleeps",
                     functions_in_words(functions, most, "function"));
}

// What the handlers of these sites return on a fatal signal, and why. `site` stands for all.
std::string fatal_sentence(const SiteChange& site, const Trouble& trouble, const std::string& who,
                           bool several) {
  const bool kept = site.on_fatal.empty() || site.on_fatal == site.on_signal;
  const std::string now = kept ? fmt::format("{} of {} stays", site.on_signal, who)
                               : fmt::format("With a fatal signal pending {} {} {}", who,
                                             several ? "return" : "returns", site.on_fatal);
  switch (trouble.outcome) {
    case Outcome::kRetriedFault:
      return now +
             (kept ? ": mmap_lock is dropped then, and a fatal signal ends the fault."
                   : ": " + site.on_signal + " is right only where mmap_lock has been dropped.");
    case Outcome::kFalseSuccess:
      return now + (kept ? fmt::format(": it counts as success from {} even then.", site.field)
                         : fmt::format(": {} from {} would count as success.", site.on_signal,
                                       site.field));
    case Outcome::kRetriedAccess:
      return now +
             (kept ? fmt::format(": with a fatal signal pending, an access from kernel mode "
                                 "is still retried until {}.",
                                 wait_of(trouble.sites).until)
                   : fmt::format(": {} would be retried, even under SIGKILL.", site.on_signal));
    case Outcome::kUnknown:
      return kept ? std::string()
                  : now +
                        ": a result that lets the access be retried would make the task spin in "
                        "the same way.";
    case Outcome::kFailure:
    case Outcome::kNoMemory:
    case Outcome::kIgnored:
      break;
  }
  return kept ? std::string() : now + ".";
}

// Whether fatal_sentence() says why, too.
bool gives_reason(Outcome outcome) {
  return outcome != Outcome::kFailure && outcome != Outcome::kNoMemory &&
         outcome != Outcome::kIgnored;
}

// Sites that are told by the same words but for the handler share a sentence.
std::string fatal_return(const std::vector<Trouble>& troubles, std::size_t most) {
  std::vector<std::string> sentences;
  std::set<std::string> reasoned;  // results that a sentence gives a reason for
  for (const Trouble& trouble : troubles)
    if (gives_reason(trouble.outcome))
      for (const SiteChange* site : trouble.sites) reasoned.insert(site->on_fatal);
  for (const Trouble& trouble : troubles) {
    std::vector<std::pair<const SiteChange*, std::vector<std::string>>> alike;
    for (const SiteChange* site : trouble.sites) {
      if (site->loop_exit || site->on_fatal == "ignored") continue;
      if (!gives_reason(trouble.outcome) && reasoned.contains(site->on_fatal)) continue;
      const auto known = std::ranges::find_if(alike, [&](const auto& entry) {
        return fatal_sentence(*entry.first, trouble, "", false) ==
               fatal_sentence(*site, trouble, "", false);
      });
      if (known == alike.end())
        alike.push_back({site, {site->handler}});
      else
        add_once(known->second, site->handler);
    }
    for (const auto& [site, handlers] : alike)
      if (std::string sentence = fatal_sentence(*site, trouble, functions_in_words(handlers, most),
                                                handlers.size() > 1);
          !sentence.empty())
        add_once(sentences, sentence);
  }
  return join(sentences, " ");
}

std::string loop_exit(const std::vector<SiteChange>& sites) {
  std::vector<std::string> functions;
  std::vector<std::string> results;
  for (const SiteChange& site : sites) {
    if (!site.loop_exit) continue;
    add_once(functions, site.function);
    if (!site.on_fatal.empty()) add_once(results, site.on_fatal);
  }
  if (functions.empty()) return {};
  const bool one = functions.size() == 1;
  return fmt::format(
      "With a fatal signal pending leave the retry {} of {}{}: without {} SIGKILL would turn {} "
      "into "
      "{}.",
      one ? "loop" : "loops", functions_in_words(functions, functions.size()),
      results.empty() ? "" : " with " + list_in_words(results), one ? "that exit" : "these exits",
      one ? "it" : "them", one ? "a busy loop" : "busy loops");
}

std::string wakeups(const std::vector<std::string>& queues) {
  if (queues.empty()) return {};
  return fmt::format(
      "A killable sleeper on {} does not hear wake_up_interruptible(): convert the wake-ups as "
      "well, so that they reach both kinds of sleepers.",
      list_in_words(queues));
}

// The functions that the message says are converted.
std::set<std::string> converted_in(const std::vector<SiteChange>& sites) {
  std::set<std::string> names;
  for (const SiteChange& site : sites)
    names.insert({site.handler, site.function, site.before, site.after});
  return names;
}

// Other sleeps that the handlers may reach: in which functions, and why they stay. What the message
// calls converted is counted, not named.
std::string staying(const Change& change, std::size_t most) {
  const std::set<std::string> converted = converted_in(change.sites);
  std::vector<std::string> names;
  std::vector<const LeftOut*> places;
  std::set<std::pair<std::string, int>> seen;
  bool unnamed = false;
  for (const LeftOut& left : change.staying) {
    for (const SinkCall& sink : sinks_of(left.finding)) {
      if (!seen.emplace(sink.file, sink.line).second) continue;
      places.push_back(&left);
      if (converted.contains(sink.function))
        unnamed = true;
      else
        add_once(names, sink.function);
    }
  }
  if (places.empty()) return {};
  const bool whole = !unnamed && names.size() <= most && names.size() == places.size();
  if (!whole) names.resize(std::min(names.size(), most - 1));
  std::string where;
  if (!names.empty())
    where =
        fmt::format(", {} {},", whole ? "in" : "as in", functions_in_words(names, names.size()));
  return fmt::format("{}{} {} left alone: {}.", counted(places.size(), "other sleep"), where,
                     places.size() == 1 ? "is" : "are", left_alone_sorts(places));
}

// "the page fault" where nothing else in the handlers is known to sleep interruptibly.
std::string faults(const Change& change, std::size_t handlers) {
  std::string all = handlers == 1 ? "the page fault" : "page faults";
  if (change.staying.empty()) return all;
  return (change.sites.size() == 1 ? "a sleep in " : "sleeps in ") + all;
}

}  // namespace

const std::vector<std::string>& sentence_names() {
  static const std::vector<std::string> kNames = {
      "prefix",  "faults",     "handlers",         "files",        "n",
      "problem", "conversion", "additions",        "fatal_return", "loop_exit",
      "wakeups", "staying",    "semantic_patches", "functions",    "some_functions"};
  return kNames;
}

TemplateValues change_sentences(const Change& change, const std::string& prefix, std::size_t most) {
  std::vector<std::string> handlers;
  std::vector<std::string> functions;
  for (const SiteChange& site : change.sites) {
    add_once(handlers, site.handler);
    add_once(functions, site.function.empty() ? site.handler : site.function);
  }
  std::vector<std::string> files;
  const std::size_t names = std::max(most, kBriefNames);
  for (const FileChange& file : change.files)
    add_once(files, std::filesystem::path(file.path).filename().string());
  const std::vector<Trouble> troubles = troubles_of(change.sites);
  return {{"prefix", prefix},
          {"faults", faults(change, handlers.size())},
          {"handlers", functions_in_words(handlers, handlers.size())},
          {"functions", functions_in_words(functions, functions.size())},
          {"some_functions", some_functions(functions)},
          {"files", list_in_words(files)},
          {"n", ""},
          {"problem", most < kBriefNames ? problem_in_brief(troubles) : problem(troubles, most)},
          {"conversion", conversion(change.sites, names)},
          {"additions", additions_sentence(change)},
          {"fatal_return", fatal_return(troubles, names)},
          {"loop_exit", loop_exit(change.sites)},
          {"wakeups", wakeups(change.step.queues)},
          {"staying", staying(change, names)},
          {"semantic_patches", semantic_patches_in_words(change.semantic_patches)}};
}

}  // namespace killify
