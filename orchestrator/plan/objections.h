// Why a finding, looked at alone, cannot be converted.
#pragma once

#include "facts/tree_facts.h"
#include "plan/twins.h"
#include "plan/vocabulary.h"
#include "reach/finding.h"
#include "spec/series_spec.h"
#include "support/error.h"

#include <map>
#include <set>
#include <string>

namespace killify {

// `catalogue` is the campaign's with what drivers call its primitives; it may grow meanwhile.
class Objections {
 public:
  Objections(TreeFacts& facts, const SeriesSpec& spec, const Catalogue& catalogue,
             Vocabulary& vocabulary, TwinPlanner& twins)
      : facts_(facts), spec_(spec), catalogue_(catalogue), vocabulary_(vocabulary), twins_(twins) {}

  // What is wrong with a guard on the way to the sleep: it can only become one of another class,
  // which takes the same lock by the killable form of the primitive. "": nothing.
  [[nodiscard]] Result<std::string> to_guard(const Finding& finding);

  // What is wrong with converting it in place. "": nothing.
  [[nodiscard]] Result<std::string> to_conversion(const Finding& finding);

  // The guard classes that the tree lacks for a finding (by id) to which to_guard() had none.
  [[nodiscard]] const std::set<std::string>& guards_to_make(const std::string& id) {
    return guards_[id];
  }

 private:
  [[nodiscard]] Result<std::string> to_killable_guard(const GuardLock& lock,
                                                      const Finding& finding);
  [[nodiscard]] Result<std::string> to_call(const Sink& sink);

  TreeFacts& facts_;
  const SeriesSpec& spec_;
  const Catalogue& catalogue_;
  Vocabulary& vocabulary_;
  TwinPlanner& twins_;
  std::map<std::string, std::set<std::string>> guards_;
};

}  // namespace killify
