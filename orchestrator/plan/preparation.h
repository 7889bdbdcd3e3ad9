// Which commit adds which missing function: a driver's own is made in the commit that uses it, all
// others in commits before, one for each header that declares them.
#pragma once

#include "facts/tree_facts.h"
#include "plan/grouping.h"
#include "plan/plan.h"
#include "plan/twins.h"
#include "support/error.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace killify {

class Preparation {
 public:
  Preparation(TreeFacts& facts, const Grouper& group, const TwinPlanner& twins)
      : facts_(facts), group_(group), twins_(twins) {}

  // Notes what one finding of a conversion needs: `killable`, which the tree may lack.
  [[nodiscard]] Status serve(const Finding& finding, const std::string& killable, Step& conversion);
  // To be called when all findings of the conversion are served.
  [[nodiscard]] Status finish(Step& conversion);
  // The steps that add what is not a driver's own, in an order in which every prefix builds.
  [[nodiscard]] std::vector<Step> take_steps();

 private:
  [[nodiscard]] Step& family_of(const Twin& twin);
  [[nodiscard]] Result<bool> is_left_alone(const Twin& twin, const Step& conversion,
                                           const std::set<std::string>& replaced);

  TreeFacts& facts_;
  const Grouper& group_;
  const TwinPlanner& twins_;
  std::vector<Step> steps_;  // in the order of their first twins
};

}  // namespace killify
