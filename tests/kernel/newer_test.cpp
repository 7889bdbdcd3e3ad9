// What must hold on newer kernels as it does on 6.1, where the other tests are.
#include "kernel/kernel_tree.h"

#include <gmock/gmock.h>

#include <map>
#include <memory>
#include <set>

namespace killify::test {
namespace {

using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;

// A clone of each kernel, and a cache of what was built there, for all cases.
struct Clone {
  Bench bench;
  fs::path tree;

  [[nodiscard]] Completed killify(const fs::path& cache, Words arguments) const {
    arguments.insert(arguments.begin(), {"-C", tree.string()});
    return bench.killify(cache, arguments);
  }
  [[nodiscard]] fs::path builds() const { return bench.path() / "cache"; }
};
std::map<std::string, Clone> clones;
class Clones : public ::testing::Environment {
  void TearDown() override { clones.clear(); }
};
[[maybe_unused]] const auto* const kClones =
    ::testing::AddGlobalTestEnvironment(std::make_unique<Clones>().release());

const Clone& clone_of(const std::string& version) {
  auto& made = clones[version];
  if (made.tree.empty()) made.tree = made.bench.clone("tree", version);
  return made;
}

class Newer : public ::testing::TestWithParam<std::string> {
 protected:
  const Clone& clone_ = clone_of(GetParam());
};

std::string name_of(const ::testing::TestParamInfo<std::string>& version) {
  std::string name = "Linux" + version.param;
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

// The lock of TTM and all that it waits for: what the tree lacks is made, and a state is threaded
// down to all that implement the waits. The first commit, which makes a primitive, builds.
TEST_P(Newer, HasASeriesForTtmThatBuilds) {
  const fs::path out = clone_.bench.path() / "out";
  const Completed generated = clone_.killify(
      shared_cache(GetParam()), {"generate", "-o", out.string(), "drivers/gpu/drm/etnaviv",
                                 "drivers/gpu/drm/msm", "drivers/gpu/drm/ttm"});
  ASSERT_EQ(generated.exit_code, 0) << generated.err;
  const auto manifest = parsed(text_of(out / "manifest.json"));
  std::set<std::string> files;
  for (const auto& commit : manifest.at("commits"))
    for (const std::string file : commit.at("files")) files.insert(file);
  EXPECT_THAT(files, IsSupersetOf({"include/linux/ww_mutex.h", "include/linux/dma-resv.h",
                                   "include/linux/dma-fence.h", "drivers/dma-buf/dma-fence.c",
                                   "drivers/dma-buf/dma-resv.c", "drivers/gpu/drm/ttm/ttm_bo_vm.c",
                                   "drivers/gpu/drm/etnaviv/etnaviv_gem.c",
                                   "drivers/gpu/drm/msm/msm_gem.c"}));

  const Completed verified = clone_.killify(
      clone_.builds(),
      {"verify", out.string(), "--commit=1", "--config=x86_64-allmod", "--format=json"});
  const auto commit = parsed(verified.out).at("commits").at(0);
  ASSERT_THAT(commit.at("builds"), Not(IsEmpty())) << verified.out << verified.err;
  for (const auto& object : commit.at("builds").at(0).at("objects"))
    EXPECT_THAT(object.at("status"), testing::AnyOf("built", "not_enabled")) << object;
  EXPECT_THAT(commit.at("builds").at(0).at("new_warnings"), IsEmpty());
}

// Nobody reads hundreds of findings, and none of the real ones may go with the noise: these are
// there on every kernel.
TEST_P(Newer, LeavesNoMoreForReviewThanAPersonReads) {
  const Completed done = clone_.killify(shared_cache(GetParam()), {"audit", "--format=json"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  constexpr std::size_t kForReview = 120;
  constexpr std::size_t kDeepest = 16;
  std::size_t for_review = 0;
  std::set<std::string> found;
  const auto audit = parsed(done.out);
  for (const auto& finding : audit.at("findings")) {
    const std::string verdict = finding.at("verdict");
    if (verdict == "review") ++for_review;
    EXPECT_LE(finding.at("chain").size(), kDeepest) << finding.at("id");
    found.insert(finding.at("handler").at("function").get<std::string>() + " " +
                 finding.at("sink").at("function").get<std::string>() + " " +
                 finding.at("sink").at("name").get<std::string>() + " " + verdict);
  }
  EXPECT_LE(for_review, kForReview);
  EXPECT_THAT(found,
              IsSupersetOf(
                  {"amdgpu_gem_fault ttm_bo_vm_fault_idle dma_resv_wait_timeout convert",
                   "amdgpu_gem_fault ttm_bo_vm_reserve dma_resv_lock_interruptible convert",
                   "btrfs_page_mkwrite btrfs_balance_delayed_items wait_event_interruptible thread",
                   "etnaviv_gem_fault etnaviv_gem_fault mutex_lock_interruptible convert",
                   "nilfs_page_mkwrite nilfs_segctor_sync set_current_state thread",
                   "omap_gem_fault dmm_txn_init wait_event_interruptible thread",
                   "orangefs_fault service_operation mutex_lock_interruptible thread",
                   "spufs_mfc_mmap_fault spu_acquire mutex_lock_interruptible thread",
                   "spufs_mfc_mmap_fault spufs_wait prepare_to_wait thread",
                   "vm_fault_cpu __i915_gem_object_lock dma_resv_lock_interruptible thread",
                   "vm_fault_gtt i915_vma_pin_fence mutex_lock_interruptible thread",
                   "vm_fault_gtt intel_gt_wait_for_idle signal_pending thread",
                   "vm_fault_gtt vm_fault_gtt mutex_lock_interruptible convert",
                   "vmw_bo_vm_mkwrite ttm_bo_vm_reserve dma_resv_lock_interruptible convert",
                   // What the operation is allowed to do is in its flags, which only others set.
                   "afs_page_mkwrite afs_check_server_record wait_on_bit thread"}));
}

class OtherStrategy : public Newer {};

// Places, neighbours and parsing differ between kernels; what is made of them does not.
TEST_P(OtherStrategy, FitsAndSettlesWhatHandlersReach) {
  const fs::path out = clone_.bench.path() / "out-scope";
  const Completed generated = clone_.killify(
      shared_cache(GetParam()),
      {"generate", "--strategy=scope", "-o", out.string(), "drivers/gpu/drm/etnaviv"});
  ASSERT_EQ(generated.exit_code, 0) << generated.err;
  const auto manifest = parsed(text_of(out / "manifest.json"));
  std::set<std::string> files;
  for (const auto& commit : manifest.at("commits"))
    for (const std::string file : commit.at("files")) files.insert(file);
  EXPECT_EQ(files, (std::set<std::string>{"include/linux/sched.h", "include/linux/sched/signal.h",
                                          "mm/memory.c"}));
  const std::string branch = manifest.at("branch");
  const std::string diff =
      clone_.bench.git(clone_.tree, {"diff", "--unified=0", branch + "~2", branch});
  EXPECT_THAT(diff, testing::HasSubstr("+\t\treturn signal_interrupts(p);\n"
                                       "+\treturn task_sigpending(p) && signal_interrupts(p);\n"));
  EXPECT_THAT(diff, testing::HasSubstr("+\t\tkillable_sleeps_restore(saved);\n"));
  const auto audit =
      parsed(clone_
                 .killify(shared_cache(GetParam()),
                          {"audit", "--rev", branch, "--format=json", "drivers/gpu/drm/etnaviv"})
                 .out);
  ASSERT_THAT(audit.at("findings"), Not(IsEmpty()));
  for (const auto& finding : audit.at("findings"))
    EXPECT_THAT(finding.at("verdict"), testing::AnyOf("suppressed", "safe")) << finding;
}
INSTANTIATE_TEST_SUITE_P(Kernels, OtherStrategy, ::testing::Values("6.1", "6.12", "7.3"), name_of);

// "FUNCTION COUNTERPART" of each sleep that a series converts.
std::set<std::string> converted_in(const fs::path& series) {
  std::set<std::string> converted;
  const auto manifest = parsed(text_of(series / "manifest.json"));
  for (const auto& commit : manifest.at("commits"))
    for (const auto& site : commit.at("sites"))
      converted.insert(site.at("function").get<std::string>() + " " +
                       site.at("after").get<std::string>());
  return converted;
}

// A campaign that begins at other functions and makes no sleep killable, on drivers that nobody
// wrote for it: one that keeps its object for ever, one that goes on without the DMA it waits for.
TEST(ReleaseWaits, BecomeUninterruptibleAndBuild) {
  const Clone& clone = clone_of("6.12");
  const fs::path out = clone.bench.path() / "out-waits";
  const Completed generated =
      clone.killify(shared_cache("6.12"), {"generate", "--campaign=release-waits", "-o",
                                           out.string(), "drivers/usb/gadget", "drivers/rapidio"});
  ASSERT_EQ(generated.exit_code, 0) << generated.err;
  EXPECT_THAT(converted_in(out),
              IsSupersetOf(
                  {"ep_release mutex_lock", "mport_cdev_release_dma wait_for_completion_timeout"}));
  const Completed verified =
      clone.killify(clone.builds(), {"verify", out.string(), "--config=x86_64-allmod"});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
}

// A driver that everybody knows, taken out of its kernel.
TEST(Module, OfARealDriverIsConvertedAndBuiltBesideTheKernel) {
  const Clone& clone = clone_of("6.12");
  const fs::path driver = clone.bench.path() / "etnaviv";
  const fs::path out = clone.bench.path() / "out-module";
  const std::string make =
      "mkdir etnaviv && git -C " + shell_quoted({clone.tree.string()}) +
      " archive HEAD drivers/gpu/drm/etnaviv | tar -x --strip-components=4 -C etnaviv && "
      "cd etnaviv && git init -q . && git config user.name 'A. Tester' && "
      "git config user.email tester@example.org && git add . && git commit -q -m 'etnaviv: Begin'";
  const Completed made = clone.bench.start({"sh", "-ec", make}, clone.bench.path());
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const Completed generated = clone.killify(
      shared_cache("6.12"), {"generate", "--module", driver.string(), "-o", out.string()});
  ASSERT_EQ(generated.exit_code, 0) << generated.err;
  EXPECT_THAT(converted_in(out), testing::ElementsAre("etnaviv_gem_fault mutex_lock_killable"));
  EXPECT_EQ(clone.bench.git(driver,
                            {"diff", "--name-only", "HEAD", "killify/killable-fault-handlers/v1"}),
            "etnaviv_gem.c\n");
  const Completed verified =
      clone.killify(clone.builds(), {"verify", "--module", driver.string(), out.string(),
                                     "--config=x86_64-allmod", "--format=json"});
  EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
  const auto objects = parsed(verified.out).at("commits").at(0).at("builds").at(0).at("objects");
  ASSERT_THAT(objects, testing::SizeIs(1));
  EXPECT_EQ(objects[0].at("path"), "module/etnaviv/etnaviv_gem.o");
  EXPECT_EQ(objects[0].at("status"), "built");
}

// A campaign whose roots are started through macros and functions that hand them on. Each of these
// was read: no thread of them asks for a signal.
TEST(KthreadIdle, ThreadsOfOtherDriversWaitIdly) {
  const Clone& clone = clone_of("6.12");
  const fs::path out = clone.bench.path() / "out-idle";
  const Completed generated =
      clone.killify(shared_cache("6.12"), {"generate", "--campaign=kthread-idle", "-o",
                                           out.string(), "drivers/usb/usbip", "drivers/staging"});
  ASSERT_EQ(generated.exit_code, 0) << generated.err;
  EXPECT_THAT(
      converted_in(out),
      IsSupersetOf({"stub_tx_loop wait_event_idle", "vhci_tx_loop wait_event_idle",
                    "v_tx_loop wait_event_idle", "deliver_netinfo_thread wait_event_idle"}));
}

INSTANTIATE_TEST_SUITE_P(Kernels, Newer, ::testing::Values("6.12", "7.3"), name_of);

}  // namespace
}  // namespace killify::test
