// What a fault handler returns when a sleep on its path reports a signal: the error followed from
// the sleep through its callers to the handler's return (semantic-patches/facts/on-signal.cocci).
#pragma once

#include "cocci/coccinelle.h"
#include "facts/sketch.h"
#include "reach/finding.h"
#include "support/error.h"

#include <compare>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace killify {

// One way out of the handler.
struct SignalExit {
  std::string returns;             // "VM_FAULT_NOPAGE", "ignored", "unknown"
  bool guarded = false;            // only where a fatal signal is pending
  bool loops = false;              // "ignored", and the sleep is reached again
  bool mmap_lock_dropped = false;  // on this way
  std::string translator;          // the function that made it from the error, if one did
  // NOLINTNEXTLINE(modernize-use-nullptr): no pointers are compared here
  auto operator<=>(const SignalExit&) const = default;
};

// One way from a handler to a sleep.
struct SleepPath {
  std::vector<Hop> chain;  // a line of 0: wherever the hop's function makes that call
  std::string sleep;       // the primitive's name
  std::string error;       // what it returns on a signal: "-EINTR"; "" if that is not known
};

// Asks a semantic patch of facts/ about many texts: the facts of each, in their order; nothing
// where there is no answer.
using AskAll = std::function<Result<std::vector<std::optional<JsonFacts>>>(
    const std::string& patch, const std::vector<std::string>& defines,
    const std::vector<Question>& questions)>;
// The files of a chain: of the base tree, or as a change left them.
using SketchOf = std::function<Result<const Sketch*>(const std::string& path)>;
// Finds the file that defines a function which `path` calls; "" if there is none.
using Locate =
    std::function<Result<std::string>(const std::string& function, const std::string& path)>;

// Follows errors, function by function: each is asked by itself (reach/slice.h), and once.
class SignalResults {
 public:
  SignalResults(AskAll ask, SketchOf sketch, Locate locate)
      : ask_(std::move(ask)), sketch_(std::move(sketch)), locate_(std::move(locate)) {}

  // Asks all that the exits of these paths need, many functions at a time.
  [[nodiscard]] Status ask_ahead(const std::vector<SleepPath>& paths);
  // The ways out of path.chain's first function, each once; an unknown one where a question on the
  // way has no answer.
  [[nodiscard]] Result<std::vector<SignalExit>> exits(const SleepPath& path);

 private:
  friend class ExitFinder;
  // A semantic patch with its definitions.
  using Asked = std::pair<std::string, std::vector<std::string>>;

  // The facts about `text`, which is of `path`, where there is an answer; nullptr if it is asked
  // only later, with others.
  [[nodiscard]] Result<const std::optional<JsonFacts>*> facts_of(const Asked& asked,
                                                                 const std::string& text,
                                                                 const std::string& path);
  [[nodiscard]] Status ask_wanted();

  AskAll ask_;
  SketchOf sketch_;
  Locate locate_;
  bool ahead_ = false;  // what is not known goes to wanted_
  std::map<Asked, std::map<std::string, std::optional<JsonFacts>>> known_;
  std::map<Asked, std::map<std::string, std::string>> wanted_;  // text -> path
};

// Asks Coccinelle, with all workers.
[[nodiscard]] AskAll ask_with(Coccinelle& coccinelle);

// The one that a person has to know of: the worst (mmap_lock that stays locked, then a spin, then a
// bus error); one that is unknown where there is none.
[[nodiscard]] SignalExit worst_exit(const std::vector<SignalExit>& exits);

// True when every exit ends the fault under a fatal signal: an error result, or VM_FAULT_RETRY
// where mmap_lock was dropped, or a wait that is only cut short.
[[nodiscard]] bool ends_fault(const std::vector<SignalExit>& exits);

}  // namespace killify
