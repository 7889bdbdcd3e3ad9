// The series that killify ships: it loads, and its parts agree with each other.
#include "spec/series_spec.h"
#include "support/files.h"
#include "support/temp_dir.h"

#include <fnmatch.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace killify {
namespace {

namespace fs = std::filesystem;
using testing::EndsWith;
using testing::HasSubstr;

const fs::path kSource = KILLIFY_TEST_SOURCE_DIR;

SeriesSpec flagship() {
  return load_series(kSource / "series" / "killable-fault-handlers.yaml").value();
}

TEST(Flagship, IsFoundByName) {
  EXPECT_THAT(find_series("killable-fault-handlers").value().string(),
              EndsWith("series/killable-fault-handlers.yaml"));
}

TEST(Flagship, AFolderWithACampaignFileIsOne) {
  const auto directory = TempDir::make();
  ASSERT_TRUE(directory);
  const std::string folder = directory->path().string();
  EXPECT_EQ(find_series(folder).error().message, folder + ": has no campaign.yaml");
  ASSERT_TRUE(write_file_atomic(directory->path() / "campaign.yaml", "name: x\n"));
  EXPECT_EQ(find_series(folder).value(), directory->path() / "campaign.yaml");
}

TEST(Flagship, ATypoInItsNameIsUnderstood) {
  const std::string message = find_series("killable-fault-handler").error().message;
  EXPECT_THAT(message, HasSubstr("(did you mean 'killable-fault-handlers'?)"));
  EXPECT_THAT(find_series("catalogue").error().message, HasSubstr("no such campaign in "));
}

TEST(Flagship, EndsAFaultThatAFatalSignalInterrupts) {
  EXPECT_EQ(flagship().on_fatal_signal, "VM_FAULT_SIGBUS");
}

TEST(Flagship, HasAnotherStrategyThatAProofCanDoubt) {
  const auto strategies = flagship().strategies;
  ASSERT_EQ(strategies.size(), 1U);
  EXPECT_EQ(strategies.front().name, "scope");
  EXPECT_FALSE(strategies.front().control.empty());
}

// A sink of a family is a -D of that family's semantic patch.
TEST(Flagship, EachFamilyHasASemanticPatchThatKnowsItsSinks) {
  for (const Sink& sink : flagship().catalogue.sinks) {
    // convert/call.cocci is told the names.
    if (sink.family == "none" || sink.family == "call") continue;
    const auto patch =
        read_file(kSource / "semantic-patches" / "convert" / (sink.family + ".cocci"));
    ASSERT_TRUE(patch) << patch.error().message;
    EXPECT_THAT(*patch, HasSubstr("\nvirtual " + sink.name + "\n")) << sink.family;
  }
}

TEST(Flagship, EachWakerWithACounterpartIsKnownToTheSemanticPatch) {
  const std::string patch =
      read_file(kSource / "semantic-patches" / "convert" / "wake_up.cocci").value();
  for (const Waker& waker : flagship().catalogue.wakers) {
    if (waker.counterpart.empty()) continue;
    EXPECT_THAT(patch, HasSubstr("\nvirtual " + waker.name + "\n"));
  }
}

TEST(Flagship, ASleepOnAQueueIsAQueueWait) {
  const Catalogue catalogue = flagship().catalogue;
  const std::set<std::string> waits(catalogue.queue_waits.begin(), catalogue.queue_waits.end());
  EXPECT_EQ(waits.size(), catalogue.queue_waits.size()) << "a name is there twice";
  for (const Sink& sink : catalogue.sinks) {
    if (!sink.queue || !sink.object) continue;  // wait_woken() names no queue
    EXPECT_EQ(sink.object, 0U) << sink.name;
    EXPECT_TRUE(waits.contains(sink.name)) << sink.name;
  }
}

TEST(Flagship, NoSinkIsBehindABoundary) {
  const SeriesSpec spec = flagship();
  for (const Boundary& boundary : spec.boundaries) {
    for (const Sink& sink : spec.catalogue.sinks)
      EXPECT_NE(fnmatch(boundary.name.c_str(), sink.name.c_str(), 0), 0)
          << boundary.name << " hides " << sink.name;
  }
}

TEST(Flagship, AStateIsTaskInterruptible) {
  for (const Sink& sink : flagship().catalogue.sinks) {
    if (sink.condition.kind != SinkCondition::Kind::kArgumentState) continue;
    EXPECT_EQ(sink.condition.name, "TASK_INTERRUPTIBLE") << sink.name;
    EXPECT_EQ(sink.counterpart, sink.name);
  }
}

}  // namespace
}  // namespace killify
