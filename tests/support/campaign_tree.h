// The fixture, with a campaign that is not the flagship.
#pragma once

#include "support/killify_run.h"

namespace killify::test {

class CampaignTree : public MiniTree {
 public:
  explicit CampaignTree(std::string campaign) : campaign_(std::move(campaign)) { share_answers(); }

  // A command, whose name comes first, with the campaign.
  [[nodiscard]] Completed with_campaign(Words arguments) const {
    arguments.insert(arguments.begin() + 1, "--campaign=" + campaign_);
    arguments.insert(arguments.begin(), "--progress=none");
    return killify(arguments);
  }

 private:
  std::string campaign_;
};

}  // namespace killify::test
