#include "plan/waves.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using testing::ElementsAre;

Step step(const std::string& name, std::vector<std::string> files,
          std::vector<std::string> needs = {}) {
  Step one;
  one.kind = StepKind::kThread;
  one.name = name;
  one.files = std::move(files);
  one.needs = std::move(needs);
  return one;
}

// A conversion in the first file of a chain.
Step conversion(const std::string& name, const std::vector<std::string>& chain) {
  auto one = step(name, {chain.front()});
  one.kind = StepKind::kConvert;
  Finding finding;
  finding.id = name;
  finding.handler.file = chain.front();
  finding.sink.file = chain.front();
  for (const auto& file : chain) finding.chain.push_back({.function = file + "()", .file = file});
  one.findings.push_back(finding);
  return one;
}

TEST(Waves, StepsThatHaveNothingInCommonGoSideBySide) {
  EXPECT_THAT(waves_of({}), testing::IsEmpty());
  EXPECT_THAT(waves_of({step("a", {"a.c"}), step("b", {"b.c"}), conversion("c", {"c.c"})}),
              ElementsAre(ElementsAre(0, 1, 2)));
}

TEST(Waves, AStepWaitsForWhatItNeedsAndForItsFiles) {
  EXPECT_THAT(waves_of({step("a", {"a.c"}), step("b", {"b.c"}, {"a"}), step("c", {"a.c", "c.c"}),
                        step("d", {"b.c"}), step("e", {"e.c"})}),
              ElementsAre(ElementsAre(0, 4), ElementsAre(1, 2), ElementsAre(3)));
}

// What a conversion is checked with may not change meanwhile, and not before its turn.
TEST(Waves, AConversionWaitsForTheFilesOfItsChain) {
  EXPECT_THAT(waves_of({step("a", {"x.c"}), conversion("b", {"b.c", "x.c"})}),
              ElementsAre(ElementsAre(0), ElementsAre(1)));
  EXPECT_THAT(waves_of({conversion("b", {"b.c", "x.c"}), step("a", {"x.c"})}),
              ElementsAre(ElementsAre(0), ElementsAre(1)));
}

TEST(Waves, BelowWhereTheStateIsPassedAChainIsNotLookedAt) {
  auto flips = conversion("b", {"b.c", "x.c"});
  flips.flips["b"] = {{"b.c", "b.c()"}};
  EXPECT_THAT(waves_of({step("a", {"x.c"}), flips}), ElementsAre(ElementsAre(0, 1)));
}

}  // namespace
}  // namespace killify
