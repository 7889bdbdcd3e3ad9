#include "series/sentences.h"

#include "series/prepare_sentences.h"
#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string_view>
#include <utility>

// Sites are gathered twice. Handlers that do the same (sleep in the same calls and return the same)
// share a sentence; sentences about the same return value share a paragraph that ends with what
// this return value leads to. So one etnaviv gets three lines, and five handlers of one driver do
// not get five times the same explanation.

namespace killify {
namespace {

constexpr std::size_t kHandlersInASentence = 4;  // more are counted, not named
constexpr const char* kKillableState = "TASK_KILLABLE";
constexpr std::size_t kReasonsInAMessage = 4;  // the plan has all

// What a site waits for; decides the words for the end of the wait.
enum class SleepWords { kLock, kCompletion, kWait, kCheck };

// What a pending signal leads to.
enum class Outcome { kRetriedAccess, kRetriedFault, kFalseSuccess, kFailure, kIgnored, kUnknown };

void add_once(std::vector<std::string>& list, const std::string& item) {
  if (std::ranges::find(list, item) == list.end()) list.push_back(item);
}

std::string functions_in_words(const std::vector<std::string>& names) {
  std::vector<std::string> items;
  const bool all = names.size() <= kHandlersInASentence;
  for (std::size_t i = 0; i < (all ? names.size() : kHandlersInASentence - 1); ++i)
    items.push_back(call(names[i]));
  if (!all) items.push_back(fmt::format("{} other handlers", names.size() - items.size()));
  return list_in_words(items);
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
std::string behaviour_sentence(const Behaviour& behaviour) {
  const bool one = behaviour.handlers.size() == 1;
  std::vector<std::string> deeds;
  bool lists_within = false;
  const auto add_list = [&](std::string_view verb, std::string_view preposition,
                            const std::vector<std::string>& things) {
    std::vector<std::string> items;
    items.reserve(things.size());
    for (const std::string& thing : things)
      items.push_back(fmt::format("{}{}", preposition, thing));
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
  return fmt::format("{} {}.", functions_in_words(behaviour.handlers), text);
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

std::string consequence(const Trouble& trouble) {
  const Wait wait = wait_of(trouble.sites);
  const bool retries = std::ranges::any_of(trouble.behaviours, &Behaviour::retries);
  const bool several = trouble.sites.size() > 1;
  switch (trouble.outcome) {
    case Outcome::kRetriedAccess:
    case Outcome::kRetriedFault:
      return fmt::format(
          "When the fault comes from kernel mode, nothing delivers that signal: the {} is retried "
          "at "
          "once, {}, and the task spins until {}.",
          trouble.outcome == Outcome::kRetriedAccess ? "access" : "fault", wait.fails, wait.until);
    case Outcome::kFalseSuccess:
      return fmt::format(
          "That counts as success from {}: the page is made writable though the handler has not "
          "done its work.",
          fields_of(trouble.sites));
    case Outcome::kFailure:
      return "A signal that the program would have handled thus becomes a bus error, or makes a "
             "system call that touches the mapping fail with -EFAULT or end short.";
    case Outcome::kIgnored:
      return retries
                 ? fmt::format(
                       "Nothing delivers a signal before the handler returns: with one pending "
                       "every further sleep ends at once, and the loop burns CPU time until {}.",
                       wait.until)
                 : "Nothing delivers a signal before the handler returns: with one pending the "
                   "sleep ends at once, however often it is tried.";
    case Outcome::kUnknown:
      break;
  }
  return fmt::format(
      "A signal that is not fatal ends {} as well. When the fault comes from kernel mode, nothing "
      "delivers it: depending on what is returned, the access is retried at once and the task "
      "spins "
      "until {}, or the access fails because of a harmless signal.",
      several ? "these sleeps" : "this sleep", wait.until);
}

std::string problem(const std::vector<Trouble>& troubles) {
  std::vector<std::string> paragraphs;
  for (const Trouble& trouble : troubles) {
    std::vector<std::string> sentences;
    for (const Behaviour& behaviour : trouble.behaviours)
      sentences.push_back(behaviour_sentence(behaviour));
    sentences.push_back(consequence(trouble));
    paragraphs.push_back(join(sentences, " "));
  }
  return join(paragraphs, "\n\n");
}

std::string conversion(const std::vector<SiteChange>& sites) {
  std::vector<std::string> calls;
  for (const SiteChange& site : sites)
    add_once(calls,
             names_state(site) || site.after == kKillableState ? kKillableState : call(site.after));
  return calls.empty() ? std::string() : fmt::format("Use {}.", list_in_words(calls));
}

// Why this site returns on a fatal signal what it does.
std::string fatal_sentence(const SiteChange& site, const Trouble& trouble) {
  const bool kept = site.on_fatal.empty() || site.on_fatal == site.on_signal;
  switch (trouble.outcome) {
    case Outcome::kRetriedFault:
      if (kept)
        return fmt::format(
            "{} stays: by its contract mmap_lock has been dropped, and a fatal signal then ends "
            "the "
            "fault.",
            site.on_signal);
      return fmt::format(
          "With a fatal signal pending end the fault with {}: {} is right only where mmap_lock has "
          "been dropped.",
          site.on_fatal, site.on_signal);
    case Outcome::kFalseSuccess:
      if (kept)
        return fmt::format(
            "{} from {} stays: it counts as success there, with a fatal signal pending, too.",
            site.on_signal, site.field);
      return fmt::format(
          "With a fatal signal pending end the fault with {}: {} from {} would count as success.",
          site.on_fatal, site.on_signal, site.field);
    case Outcome::kRetriedAccess:
      if (kept)
        return fmt::format(
            "{} stays: with a fatal signal pending, an access from kernel mode is still retried "
            "until {}.",
            site.on_signal, wait_of(trouble.sites).until);
      return fmt::format(
          "With a fatal signal pending end the fault with {}: {} would be retried in the same way, "
          "even under SIGKILL.",
          site.on_fatal, site.on_signal);
    case Outcome::kUnknown:
      if (!kept)
        return fmt::format(
            "With a fatal signal pending end the fault with {}: a result that lets the access be "
            "retried would make the task spin in the same way.",
            site.on_fatal);
      break;
    case Outcome::kFailure:
    case Outcome::kIgnored:
      break;
  }
  return kept ? std::string()
              : fmt::format("With a fatal signal pending end the fault with {}.", site.on_fatal);
}

std::string fatal_return(const std::vector<Trouble>& troubles) {
  std::vector<std::string> sentences;
  for (const Trouble& trouble : troubles)
    for (const SiteChange* site : trouble.sites)
      if (!site->loop_exit)
        if (const std::string sentence = fatal_sentence(*site, trouble); !sentence.empty())
          add_once(sentences, sentence);
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
      "With a fatal signal pending leave the retry {}{}: without {} SIGKILL would turn {} into {}.",
      one ? "loop" : "loops", results.empty() ? "" : " with " + list_in_words(results),
      one ? "that exit" : "these exits", one ? "it" : "them", one ? "a busy loop" : "busy loops");
}

std::string wakeups(const std::vector<std::string>& queues) {
  if (queues.empty()) return {};
  return fmt::format(
      "A killable sleeper does not hear wake_up_interruptible(): convert the wake-ups of {} as "
      "well, "
      "all of whose sleepers are killable now.",
      list_in_words(queues));
}

// The sleeps that no sentence names, counted: "3 other sleeps that ...".
std::string unnamed_sleeps(const std::vector<std::string>& reasons,
                           const std::map<std::string, std::vector<std::string>>& sleeps) {
  std::set<std::string> named;
  std::set<std::string> others;
  for (std::size_t i = 0; i < reasons.size(); ++i)
    for (const std::string& sleep : sleeps.at(reasons[i]))
      if (i < kReasonsInAMessage)
        named.insert(sleep);
      else if (!named.contains(sleep))
        others.insert(sleep);
  const std::string more = counted(reasons.size() - kReasonsInAMessage, "more reason");
  if (others.empty()) return fmt::format("Some of these stay for {} as well.", more);
  return fmt::format("{} that these handlers may reach {}, for {}.",
                     counted(others.size(), "other sleep"),
                     others.size() == 1 ? "stays as it is" : "stay as they are", more);
}

// "i915_gem_object_lock() in vm_fault_gtt() stays as it is: whether ...", one sentence a reason.
std::string staying(const std::vector<LeftOut>& left_out) {
  std::vector<std::string> reasons;
  std::map<std::string, std::vector<std::string>> sleeps;
  for (const LeftOut& left : left_out) {
    add_once(reasons, left.reason);
    add_once(sleeps[left.reason], fmt::format("{} in {}", call(left.finding.sink.name),
                                              call(left.finding.sink.function)));
  }
  std::vector<std::string> sentences;
  for (const std::string& reason : reasons) {
    constexpr std::string_view kReview = "review: ";
    const std::string why = reason.starts_with(kReview) ? reason.substr(kReview.size()) : reason;
    const bool one = sleeps[reason].size() == 1;
    sentences.push_back(fmt::format("{} {}: {}.", list_in_words(sleeps[reason]),
                                    one ? "stays as it is" : "stay as they are", why));
  }
  if (sentences.size() > kReasonsInAMessage) {
    sentences.resize(kReasonsInAMessage);
    sentences.push_back(unnamed_sleeps(reasons, sleeps));
  }
  return join(sentences, " ");
}

// "the page fault" where nothing else in the handlers is known to sleep interruptibly.
std::string faults(const Change& change, std::size_t handlers) {
  std::string all = handlers == 1 ? "the page fault" : "page faults";
  if (change.staying.empty()) return all;
  return (change.sites.size() == 1 ? "a sleep in " : "sleeps in ") + all;
}

std::string semantic_patches(const std::vector<std::string>& patches) {
  std::vector<std::string> paths;
  paths.reserve(patches.size());
  for (const std::string& patch : patches) paths.push_back("semantic-patches/" + patch);
  return list_in_words(paths);
}

}  // namespace

const std::vector<std::string>& sentence_names() {
  static const std::vector<std::string> kNames = {
      "prefix",  "faults",     "handlers",        "files",        "n",
      "problem", "conversion", "additions",       "fatal_return", "loop_exit",
      "wakeups", "staying",    "semantic_patches"};
  return kNames;
}

TemplateValues change_sentences(const Change& change, const std::string& prefix) {
  std::vector<std::string> handlers;
  for (const SiteChange& site : change.sites) add_once(handlers, site.handler);
  std::vector<std::string> files;
  for (const FileChange& file : change.files)
    add_once(files, std::filesystem::path(file.path).filename().string());
  const std::vector<Trouble> troubles = troubles_of(change.sites);
  return {{"prefix", prefix},
          {"faults", faults(change, handlers.size())},
          {"handlers", functions_in_words(handlers)},
          {"files", list_in_words(files)},
          {"n", ""},
          {"problem", problem(troubles)},
          {"conversion", conversion(change.sites)},
          {"additions", additions_sentence(change)},
          {"fatal_return", fatal_return(troubles)},
          {"loop_exit", loop_exit(change.sites)},
          {"wakeups", wakeups(change.step.queues)},
          {"staying", staying(change.staying)},
          {"semantic_patches", semantic_patches(change.semantic_patches)}};
}

}  // namespace killify
