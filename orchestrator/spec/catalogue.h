// The sink catalogue: every primitive that can sleep interruptibly, as data
// (series/catalogue.yaml).
#pragma once

#include "support/error.h"

#include <optional>
#include <string>
#include <vector>

namespace killify {

// What a campaign makes of a sleep that any signal ends: which column of the catalogue it reads.
enum class Becomes {
  kKillable,         // only a fatal signal ends it
  kUninterruptible,  // no signal does
  kIdle,             // no signal does, and it does not count as load
};

// When a call of the primitive sleeps interruptibly.
struct SinkCondition {
  enum class Kind {
    kAlways,
    kArgumentTrue,   // the argument is true (or not 0): dma_fence_wait(fence, true)
    kArgumentState,  // the argument is TASK_INTERRUPTIBLE: set_current_state(TASK_INTERRUPTIBLE)
    kArgumentFlag,   // the argument has a flag or-ed in: I915_WAIT_INTERRUPTIBLE
    kContextField,   // a field of the struct the argument points at: ctx->interruptible
  };
  Kind kind = Kind::kAlways;
  unsigned argument = 0;  // counted from 0
  std::string name;       // the state's, the flag's or the field's
};

// What the caller learns when a signal ends the sleep.
enum class SinkResult {
  kTrueOnSignal,       // not 0 when a signal is pending: signal_pending()
  kErrorOnlyOnSignal,  // 0, or an error that only a signal causes: mutex_lock_interruptible()
  kErrorOrOther,       // the error is one of several results: wait_event_interruptible_timeout()
  kNothing,            // no result: set_current_state(), or a result that does not tell
};

struct Sink {
  std::string name;  // "mutex_lock_interruptible"
  // Names semantic-patches/convert/<family>.cocci, which makes it killable; "none": there is none.
  std::string family;
  SinkCondition condition;
  SinkResult result = SinkResult::kErrorOnlyOnSignal;
  std::string error;  // "-EINTR" or "-ERESTARTSYS"; "" where no error is returned
  // What the campaign turns it into, be it in the tree or not; for a state the same name.
  std::optional<std::string> counterpart;
  bool counterpart_returns = true;  // whether that has a result
  bool unbounded = false;           // whether nothing ends that but what it waits for
  std::optional<unsigned> object;   // the argument that is slept on: lock, queue, completion
  std::optional<unsigned> context;  // the argument that, where it is NULL, leaves a signal as the
                                    // only cause of an error
  std::optional<unsigned> timeout;  // the argument that, where it is 0, makes it no sleep
  bool queue = false;  // woken by wake_up*(): the wake-up side matters to a killable sleeper
};

// A function that wakes sleepers and does not wake killable ones.
struct Waker {
  std::string name;               // "wake_up_interruptible"
  std::string counterpart;        // "wake_up"; "" where there is none
  unsigned object = 0;            // the argument that is the queue (the task of wake_up_state())
  std::optional<unsigned> state;  // wakes only where this argument says so: TASK_INTERRUPTIBLE
};

struct Catalogue {
  std::vector<Sink> sinks;
  // Whatever the campaign makes of them: the killable counterparts of sinks that always sleep.
  std::vector<std::string> killable;
  std::vector<Waker> wakers;
  // Every primitive that sleeps on a queue, killable and uninterruptible ones, too; the queue is
  // the first argument of each.
  std::vector<std::string> queue_waits;

  [[nodiscard]] const Sink* find(const std::string& name) const;
};

// The counterparts are those of the campaign's column. An error is "FILE:LINE:COLUMN: what".
[[nodiscard]] Result<Catalogue> load_catalogue(const std::string& file,
                                               Becomes becomes = Becomes::kKillable);

}  // namespace killify
