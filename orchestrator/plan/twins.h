// Functions that a tree lacks: the killable counterpart of an interruptible one is made after it,
// by one general rule. The copy differs in the task state, in the callees that have a counterpart
// of their own (made likewise, where the tree lacks it), and in what its comment says of signals. A
// function in which the rule does not see what makes it interruptible is no model.
#pragma once

#include "facts/top_level.h"
#include "facts/tree_facts.h"
#include "plan/plan.h"
#include "plan/vocabulary.h"
#include "spec/catalogue.h"
#include "spec/series_spec.h"
#include "support/error.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace killify {

// "foo_lock_killable" of "foo_lock_interruptible"; "" where the name does not say what it is.
[[nodiscard]] std::string killable_name(const std::string& name);

class TwinPlanner {
 public:
  // `passes`: whether what a tree lacks is added, and why not.
  TwinPlanner(TreeFacts& facts, const Catalogue& catalogue, Vocabulary& vocabulary,
              const Passes& passes)
      : facts_(facts), catalogue_(catalogue), vocabulary_(vocabulary), passes_(passes) {}

  // Plans what the tree lacks so that it has `name`, the counterpart of `model`. Says why the model
  // is none; "" if it is planned, or if nothing is lacking. `user` is a file that calls the model:
  // a static function of that file hides all others.
  [[nodiscard]] Result<std::string> plan(const std::string& model, const std::string& name,
                                         const std::string& user);

  // The same for a class of guards that takes its lock by `primitive`: planned is one by
  // `killable`, which the tree has or plan() has planned. `made` is its name.
  [[nodiscard]] Result<std::string> plan_guard(const std::string& guard_class,
                                               const std::string& primitive,
                                               const std::string& killable, std::string& made);

  // What plan() has planned for a name and for all that it needs, callees first.
  [[nodiscard]] std::vector<Twin> twins_for(const std::string& name) const;

 private:
  struct Entry {
    std::string objection;
    Twin twin;
    std::vector<std::string> callees;     // names of twins that it calls
    std::vector<std::string> companions;  // names of twins that its comment sends the reader to
  };
  // Of the definitions of one model.
  struct Body {
    std::string file;
    std::string text;
    TopLevelItem item;
  };

  [[nodiscard]] Result<bool> declared_beside(const std::string& primitive,
                                             const std::string& killable, const std::string& header,
                                             int line);
  [[nodiscard]] Result<std::string> visit(const std::string& model, const std::string& name,
                                          const std::string& caller_file);
  [[nodiscard]] Result<std::vector<Body>> places_of(const std::string& caller_file, Entry& entry);
  [[nodiscard]] Status look_at(const Body& body, Entry& entry);
  [[nodiscard]] Status look_at_word(const Body& body, const std::string& word, bool called,
                                    Entry& entry);
  [[nodiscard]] Status look_at_state(const Body& body, Entry& entry);
  [[nodiscard]] Status look_at_comment(const Body& body, Entry& entry);
  [[nodiscard]] Result<bool> compares_state(const std::string& callee, const std::string& file);
  [[nodiscard]] std::string objection_below(const std::string& name,
                                            std::set<std::string>& seen) const;
  void collect(const std::string& name, std::set<std::string>& seen,
               std::vector<Twin>& twins) const;

  TreeFacts& facts_;
  const Catalogue& catalogue_;
  Vocabulary& vocabulary_;
  const Passes& passes_;
  std::map<std::string, Entry> entries_;  // by the twin's name
};

}  // namespace killify
