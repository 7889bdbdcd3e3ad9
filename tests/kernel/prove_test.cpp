// killify prove --series on the real TTM. Building three small kernels takes ten minutes of two
// idle processors: the case is run where an earlier run has left them, or KILLIFY_TEST_PROVE_SERIES
// is set.
#include "json_schema.h"
#include "kernel/kernel_tree.h"

#include <gmock/gmock.h>

#include <cstdlib>

namespace killify::test {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

class ProveKernel : public ::testing::Test {
 protected:
  void SetUp() override {
    const fs::path kept = test_cache() / "prove" / "kernels";
    std::error_code missing;
    const bool wanted = std::getenv("KILLIFY_TEST_PROVE_SERIES") != nullptr;
    if (!wanted && fs::directory_iterator(kept, missing) == fs::directory_iterator())
      GTEST_SKIP() << "no kernel in " << kept << "; KILLIFY_TEST_PROVE_SERIES=1 builds them";
    // Kernels are those of their trees, whoever built them; the rest goes with the bench.
    fs::create_directories(kept);
    fs::create_directories(cache() / "prove");
    fs::create_directory_symlink(kept, cache() / "prove" / "kernels");
    tree_ = bench_.clone("tree");
    (void)git({"sparse-checkout", "set", "--no-cone", "/kernel/locking/mutex.c",
               "/include/linux/ww_mutex.h", "/include/linux/dma-resv.h",
               "/drivers/gpu/drm/ttm/ttm_bo_vm.c"});
    (void)git({"checkout", "-q", "-b", "base"});
  }
  [[nodiscard]] fs::path cache() const { return bench_.path() / "cache"; }
  [[nodiscard]] std::string git(const Words& arguments) const {
    return bench_.git(tree_, arguments);
  }
  // The proof of three commits that tests/bench/ttm-series makes.
  [[nodiscard]] nlohmann::json prove(const std::string& branch, const Words& how,
                                     int expected) const {
    Words words{(kSource / "tests" / "bench" / "ttm-series").string(), branch};
    words.insert(words.end(), how.begin(), how.end());
    (void)git({"checkout", "-q", "base"});
    const Completed made = bench_.start(words, tree_);
    EXPECT_TRUE(made.ok()) << made.err;
    // The cache of all tests: the kernels are those of the trees, whoever built them.
    const Completed done = bench_.killify(
        test_cache() / "prove",
        {"-C", tree_.string(), "prove", "--format=json", "--series", "base.." + branch});
    EXPECT_EQ(done.exit_code, expected) << done.out << done.err;
    auto proof = parsed(done.out);
    EXPECT_EQ(JsonSchema("prove").mismatch(proof), "");
    return proof;
  }

  Bench bench_;
  fs::path tree_;
};

std::vector<nlohmann::json> drivers_of(const nlohmann::json& proof) {
  std::vector<nlohmann::json> drivers;
  for (const auto& path : proof.at("paths"))
    if (path.at("driver")) drivers.push_back(path);
  return drivers;
}

TEST_F(ProveKernel, TtmSpinsUntilItIsConvertedAndHalfAConversionIsRefuted) {
  const auto proof = prove("converted", {}, 0);
  const auto proven = drivers_of(proof);
  ASSERT_THAT(proven, SizeIs(2));
  for (const auto& path : proven) EXPECT_EQ(path.at("verdict"), "proven") << path.at("name");
  for (const auto& kernel : proof.at("kernels")) {
    EXPECT_THAT(kernel.at("missing"), IsEmpty());
    EXPECT_THAT(kernel.at("complaints"), IsEmpty());
  }

  const auto refuted = drivers_of(prove("sabotaged", {"--sabotaged"}, 1));
  ASSERT_THAT(refuted, SizeIs(2));
  for (const auto& path : refuted) {
    EXPECT_EQ(path.at("verdict"), "refuted") << path.at("name");
    EXPECT_THAT(path.at("reasons").get<Words>(),
                AllOf(Not(IsEmpty()), Each(HasSubstr("SIGKILL: the task does not end"))));
  }
}

// Debian's package of a kernel whose tools want a newer libc, and whose headers name options of a
// newer gcc, than Debian 12 has.
TEST(ProveStock, TheShapesOfANewerKernelAreProven) {
  const Bench bench;
  const fs::path cache = bench.path() / "cache";
  const Completed done = bench.killify(cache, {"prove", "--stock", "7.3", "--format=json"});
  ASSERT_EQ(done.exit_code, 0) << done.out << done.err;
  const auto proof = parsed(done.out);
  ASSERT_THAT(proof.at("kernels"), SizeIs(1));
  EXPECT_THAT(proof.at("kernels")[0].at("source").get<std::string>(),
              StartsWith("linux-image-7.3"));
  EXPECT_THAT(proof.at("kernels")[0].at("complaints"), IsEmpty());
  ASSERT_THAT(proof.at("paths"), SizeIs(4));
  for (const auto& path : proof.at("paths"))
    EXPECT_EQ(path.at("verdict"), path.at("control") ? "refuted" : "proven") << path.at("name");

  const Completed unknown = bench.killify(cache, {"prove", "--stock", "2.4"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("--stock: no suite of Debian has a cloud kernel 2.4 now; "
                                     "there are: "));
}

}  // namespace
}  // namespace killify::test
