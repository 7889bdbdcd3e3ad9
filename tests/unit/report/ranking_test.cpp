#include "report/ranking.h"

#include "unit/report/audit_sample.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using test::sample_finding;
using test::sample_handler;
using testing::ElementsAre;
using testing::Pair;

Finding finding(const std::string& id, Verdict verdict, const std::string& on_signal = "unknown") {
  return sample_finding(id, sample_handler("box_fault", "drivers/misc/box.c"), verdict, on_signal,
                        "its reason");
}

std::vector<std::string> ids(const std::vector<const Finding*>& ranked) {
  std::vector<std::string> ids;
  for (const auto* one : ranked) ids.push_back(one->id);
  return ids;
}

TEST(Ranking, PutsWhatIsCertainFirstAndLeavesOutWhatIsSettled) {
  auto unclear = finding("unclear", Verdict::kReview);
  unclear.unknown_conditions = 3;
  auto longer = finding("longer", Verdict::kReview);
  longer.chain.resize(4);
  EXPECT_EQ(ids(by_rank({finding("safe", Verdict::kSafe), unclear, longer,
                         finding("look", Verdict::kReview), finding("thread", Verdict::kThread),
                         finding("convert", Verdict::kConvert),
                         finding("blocked", Verdict::kSuppressed)})),
            (std::vector<std::string>{"convert", "thread", "look", "longer", "unclear"}));
}

TEST(Ranking, ASpinIsWorseThanAFailureAndThatIsWorseThanAnotherTry) {
  auto held = finding("held", Verdict::kReview, "VM_FAULT_RETRY");
  held.mmap_lock = "held";
  auto dropped = finding("dropped", Verdict::kReview, "VM_FAULT_RETRY");
  dropped.mmap_lock = "dropped";
  EXPECT_EQ(ids(by_rank({dropped, finding("unknown", Verdict::kReview),
                         finding("oom", Verdict::kReview, "VM_FAULT_OOM"), held,
                         finding("nopage", Verdict::kReview, "VM_FAULT_NOPAGE")})),
            (std::vector<std::string>{"held", "nopage", "oom", "unknown", "dropped"}));
}

TEST(Ranking, CausesAreCountedAndLongChainsAreOne) {
  std::vector<Finding> findings{finding("a", Verdict::kReview), finding("b", Verdict::kReview),
                                finding("c", Verdict::kReview), finding("d", Verdict::kConvert)};
  for (std::size_t i = 0; i < 2; ++i) {
    findings[i].only_deep = true;
    findings[i].reason = "calls deep: " + findings[i].id;
  }
  EXPECT_THAT(review_causes(by_rank(findings)),
              ElementsAre(Pair("more than 8 calls deep", 2U), Pair("its reason", 1U)));
}

}  // namespace
}  // namespace killify
