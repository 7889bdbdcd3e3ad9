// What a step does to the tree, and how the series presents it.
#pragma once

#include "plan/plan.h"
#include "tree/repository.h"

#include <string>
#include <vector>

namespace killify {

struct FileChange {
  std::string path;
  std::string before;
  std::string after;
};

// Several changes of a file, the earlier first, as one; sorted by path. A file that ends as it
// began is not in it.
[[nodiscard]] std::vector<FileChange> merged(const std::vector<FileChange>& changes);

// One conversion, as the commit message tells it.
struct SiteChange {
  std::string handler;   // the fault handler; "etnaviv_gem_fault"
  std::string function;  // that holds the sleep; the handler itself or a helper
  std::string file;
  int line = 0;            // in the base commit
  std::string before;      // "mutex_lock_interruptible"
  std::string after;       // "mutex_lock_killable"
  std::string object;      // "etnaviv_obj->lock" or ""
  std::string on_signal;   // returned when a signal came, before: "VM_FAULT_NOPAGE"
  std::string on_fatal;    // returned when a fatal signal comes, after; "" where the step is off
  bool loop_exit = false;  // the retry loop around it got an exit
  bool repeated =
      false;            // the signal made it sleep again at once: campaigns with words of their own
  std::string field{};  // that holds the handler: "fault"
  bool retry_succeeds = false;  // its caller takes VM_FAULT_RETRY for success
};

// A function that a step added, as the commit message tells it.
struct Addition {
  std::string name;    // "ww_mutex_lock_killable"
  std::string model;   // the function that it was made after: "ww_mutex_lock_interruptible"
  std::string file;    // that declares it for others: "include/linux/ww_mutex.h"
  bool guard = false;  // both are classes of guards: "mutex_kill" and "mutex_intr"
  bool operator==(const Addition&) const = default;

  // As sentences name them.
  [[nodiscard]] std::string name_in_words() const { return guard ? name : name + "()"; }
  [[nodiscard]] std::string model_in_words() const { return guard ? model : model + "()"; }
};

// A step carried out: the commit's content, not yet a commit.
struct Change {
  Step step;
  std::vector<FileChange> files;              // those that differ, sorted by path
  std::vector<SiteChange> sites;              // sorted by file and line
  std::vector<Addition> additions;            // in the order of the plan
  std::vector<std::string> semantic_patches;  // that changed something: "convert/mutex.cocci"
  std::vector<std::string> dropped_exports;   // functions whose export is gone afterwards
  std::vector<LeftOut> staying;               // other sleeps of the same handlers, left alone
  std::vector<std::string> remarks;           // "FILE:LINE: what a person has to look at"
};

struct Message {
  std::string subject;
  std::string body;  // without the subject, trailers included, ends in '\n'
};

// A commit of the series.
struct SeriesCommit {
  Change change;
  Message message;
  std::vector<std::string> to;  // "Name <address>" or a list's address
  std::vector<std::string> cc;
  Oid oid;
};

}  // namespace killify
