// The wake-up side of a wait queue. wake_up_interruptible() does not wake a killable sleeper
// (TASK_KILLABLE is TASK_WAKEKILL | TASK_UNINTERRUPTIBLE, include/linux/sched.h), so that a wait
// may be converted only together with what wakes it.
#pragma once

#include "facts/tree_facts.h"
#include "spec/catalogue.h"
#include "support/error.h"

#include <set>
#include <string>
#include <vector>

namespace killify {

// A call, as (file, line).
using Place = std::pair<std::string, int>;

struct QueueJudgement {
  std::string objection;  // why the wait must be left to a person; "" if it can be converted
  std::string queue;      // the name of the field or variable: "run_wq"
  // Files with wake-ups that have to change, and the wakers called there.
  std::vector<std::pair<std::string, std::set<std::string>>> wakers;
};

// Judges the queue `expression` ("dev->wq") of a driver that lives in `group`. `converted` are the
// waits that are going to be converted. The queue has to be declared in the driver, every
// interruptible waiter of it converted, and its wake-ups found.
[[nodiscard]] Result<QueueJudgement> judge_queue(TreeFacts& facts, const Catalogue& catalogue,
                                                 const std::string& expression,
                                                 const std::string& group,
                                                 const std::set<Place>& converted);

// The objection to converting a sleep that waits for wake_up_process() and its like, not on a
// queue: a wake_up_state(.., TASK_INTERRUPTIBLE) in the driver. "" if there is none.
[[nodiscard]] Result<std::string> judge_task_wakeups(TreeFacts& facts, const Catalogue& catalogue,
                                                     const std::string& group);

}  // namespace killify
