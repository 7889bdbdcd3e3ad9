// killify prove, with real machines: Debian's kernel from its packages, no kernel is built.
#include "json_schema.h"
#include "support/interrupted_run.h"
#include "support/killify_run.h"

#include <gmock/gmock.h>

#include <future>

namespace killify::test {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

class Prove : public ::testing::Test, protected Place {
 protected:
  // Packages and modules are kept from run to run.
  Prove() {
    const fs::path shared = test_cache() / "prove";
    fs::create_directories(shared);
    fs::create_directories(cache());
    fs::create_directory_symlink(shared, cache() / "prove");
  }
  [[nodiscard]] Completed prove(const Words& arguments, const Environment& more = {}) const {
    Words all = {"prove"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return killify(all, path(), more);
  }
};

std::vector<std::string> machines_below(const fs::path& cache) {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const auto line = read_file(entry.path() / "cmdline");
    if (line && line->starts_with("qemu-system") && line->find(cache.string()) != line->npos)
      found.push_back(entry.path().string());
  }
  return found;
}

// What was measured by hand and stands in the table, and that two proofs do not collide.
TEST_F(Prove, TheShapesSpinAsTheAnalysisSaysAndConvertedOnesDoNot) {
  std::vector<std::future<Completed>> runs;
  for (int i = 0; i < 2; ++i)
    runs.push_back(std::async(std::launch::async, [this] {
      return prove({"--stock", "--format=json"});
    }));
  for (auto& run : runs) {
    const Completed done = run.get();
    ASSERT_EQ(done.exit_code, 0) << done.out << done.err;
    const auto proof = parsed(done.out);
    EXPECT_EQ(JsonSchema("prove").mismatch(proof), "");
    EXPECT_EQ(proof.at("verdict"), "proven");
    ASSERT_THAT(proof.at("kernels"), SizeIs(1));
    EXPECT_THAT(proof.at("kernels")[0].at("complaints"), IsEmpty());
    ASSERT_THAT(proof.at("paths"), SizeIs(4));
    for (const auto& path : proof.at("paths")) {
      EXPECT_THAT(path.at("before"), SizeIs(9));
      EXPECT_THAT(path.at("after"), SizeIs(9));
      EXPECT_EQ(path.at("verdict"), path.at("control") ? "refuted" : "proven") << path.at("name");
    }
    // Killable alone is refuted for the reason that it is: a kill does not end the task.
    EXPECT_THAT(proof.at("paths").back().at("reasons").get<Words>(),
                AllOf(SizeIs(2), Each(AllOf(HasSubstr("SIGKILL"), HasSubstr("does not end")))));
    // An interruptible handler that returns VM_FAULT_SIGBUS breaks what a signal must not break.
    const auto& bus_error = proof.at("paths")[2];
    EXPECT_EQ(bus_error.at("harm"), "bus_error");
    for (const auto& trial : bus_error.at("before")) {
      if (trial.at("signal") == "SIGKILL") continue;
      EXPECT_FALSE(trial.at("intact"));
      if (trial.at("access") == "store")
        EXPECT_EQ(trial.at("killed_by"), SIGBUS);
      else
        EXPECT_EQ(trial.at("errno"), EFAULT);
    }
  }
}

TEST_F(Prove, AnInterruptionEndsTheMachine) {
  const auto run = run_until(
      with_cache({"--progress=json", "prove", "--stock"}), path(), environment(), SIGINT,
      [](const std::string& line) { return line.find("stock: shape") != std::string::npos; });
  ASSERT_TRUE(run.sent);
  EXPECT_EQ(run.exit_code, 130);
  EXPECT_THAT(machines_below(cache()), IsEmpty());
}

TEST_F(Prove, WhatIsMissingIsNamed) {
  const Completed without_qemu = prove({"--stock"}, {{"PATH", "/nowhere"}});
  EXPECT_EQ(without_qemu.exit_code, 2);
  EXPECT_THAT(without_qemu.err, AllOf(StartsWith("killify: qemu-system-x86_64 is not installed"),
                                      HasSubstr("apt-get install qemu-system-x86")));
  for (const Words& arguments : {Words{}, Words{"--stock", "--series=x"}, Words{"--accel=xen"},
                                 Words{"--stock", "--deadline=0"}})
    EXPECT_EQ(prove(arguments).exit_code, 2) << shell_quoted(arguments);
}

}  // namespace
}  // namespace killify::test
