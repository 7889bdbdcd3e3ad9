// The audit of the real kernel, against what reading its source says.
#include "kernel/kernel_tree.h"

#include <gmock/gmock.h>

#include <map>
#include <set>

namespace killify::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// One sleep as a maintainer would write it down. An empty text is not compared.
struct Expected {
  std::string handler;
  std::string function;  // that holds the sleep
  std::string primitive;
  std::string verdict;
  std::string on_signal;
  std::string chain;  // functions, from the handler on
};

std::string chain_of(const nlohmann::json& finding) {
  std::string chain;
  for (const auto& hop : finding.at("chain"))
    chain += (chain.empty() ? "" : " > ") + hop.at("function").get<std::string>();
  return chain;
}

class AuditOfTheKernel : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const Bench bench;
    const auto tree = bench.clone("tree");
    const Completed done =
        bench.killify(shared_cache(), {"-C", tree.string(), "audit", "--format=json"});
    ASSERT_EQ(done.exit_code, 0) << done.err;
    audit_ = parsed(done.out);
  }

  void expect(const std::vector<Expected>& rows) const {
    for (const auto& row : rows) {
      SCOPED_TRACE(row.handler + " > " + row.function + " " + row.primitive);
      bool found = false;
      for (const auto& finding : audit_.at("findings")) {
        if (finding.at("handler").at("function") != row.handler ||
            finding.at("sink").at("function") != row.function ||
            finding.at("sink").at("name") != row.primitive)
          continue;
        found = true;
        EXPECT_EQ(finding.at("verdict"), row.verdict) << finding.at("reason");
        if (!row.on_signal.empty()) {
          results_of(row).insert(finding.at("on_signal").get<std::string>());
        }
        if (!row.chain.empty()) {
          EXPECT_EQ(chain_of(finding), row.chain);
        }
      }
      EXPECT_TRUE(found);
      if (!row.on_signal.empty()) {
        EXPECT_THAT(results_of(row), Contains(row.on_signal));
      }
    }
  }

  // Findings of a handler that call for a change, or for a look.
  [[nodiscard]] std::set<std::string> open_sites(const std::string& handler) const {
    std::set<std::string> sites;
    for (const auto& finding : audit_.at("findings"))
      if (finding.at("handler").at("function") == handler && finding.at("verdict") != "safe" &&
          finding.at("verdict") != "suppressed")
        sites.insert(chain_of(finding));
    return sites;
  }

  static inline nlohmann::json audit_;  // of the whole tree

 private:
  std::set<std::string>& results_of(const Expected& row) const {
    return results_[row.handler + row.function + row.primitive];
  }

  mutable std::map<std::string, std::set<std::string>> results_;
};

TEST_F(AuditOfTheKernel, FindsWhatDrmDriversSleepOn) {
  expect({{"etnaviv_gem_fault", "etnaviv_gem_fault", "mutex_lock_interruptible", "convert",
           "VM_FAULT_NOPAGE", "etnaviv_gem_fault"},
          {"msm_gem_fault", "msm_gem_lock_interruptible", "dma_resv_lock_interruptible", "convert",
           "VM_FAULT_NOPAGE", "msm_gem_fault > msm_gem_lock_interruptible"},
          {"omap_gem_fault", "dmm_txn_init", "wait_event_interruptible", "thread", "",
           "omap_gem_fault > omap_gem_fault_2d > tiler_pin > fill > dmm_txn_init"},
          {"vm_fault_cpu", "__i915_gem_object_lock", "dma_resv_lock_interruptible", "thread",
           "VM_FAULT_NOPAGE",
           "vm_fault_cpu > i915_gem_object_lock_interruptible > __i915_gem_object_lock"}});
  // The first sleep of each drops mmap_lock and may be tried again; the second one spins.
  for (const char* handler : {"amdgpu_gem_fault", "nouveau_ttm_fault", "radeon_gem_fault",
                              "ttm_bo_vm_fault", "vm_fault_ttm", "vmw_bo_vm_fault"})
    expect({{handler, "ttm_bo_vm_reserve", "dma_resv_lock_interruptible", "convert",
             "VM_FAULT_NOPAGE", std::string(handler) + " > ttm_bo_vm_reserve"},
            {handler, "ttm_bo_vm_fault_idle", "dma_resv_wait_timeout", "convert", "VM_FAULT_NOPAGE",
             std::string(handler) + " > ttm_bo_vm_fault_reserved > ttm_bo_vm_fault_idle"}});
  // What its move function sleeps on, whatever the context says.
  EXPECT_THAT(open_sites("amdgpu_gem_fault"), Contains(HasSubstr("amdgpu_sa_bo_new")));
  // An interruptible = false in the context reaches the wait.
  expect({{"ttm_bo_vm_fault", "ttm_bo_wait", "dma_resv_wait_timeout", "safe", "", ""}});
  for (const char* handler :
       {"drm_vm_fault", "drm_vm_shm_fault", "drm_vm_dma_fault", "drm_vm_sg_fault",
        "drm_gem_shmem_fault", "vc4_fault", "armada_gem_vm_fault", "tegra_bo_fault"})
    EXPECT_THAT(open_sites(handler), IsEmpty()) << handler;
}

TEST_F(AuditOfTheKernel, FindsTheSleepsOfI915) {
  const std::string vm_fault = "vm_fault_gtt";
  expect({{vm_fault, "vm_fault_gtt", "mutex_lock_interruptible", "convert", "VM_FAULT_NOPAGE",
           "vm_fault_gtt"},
          {vm_fault, "intel_gt_reset_trylock", "wait_event_interruptible", "thread",
           "VM_FAULT_NOPAGE", "vm_fault_gtt > intel_gt_reset_trylock"},
          {vm_fault, "i915_vma_pin_fence", "mutex_lock_interruptible", "thread", "VM_FAULT_NOPAGE",
           "vm_fault_gtt > i915_vma_pin_fence"},
          {vm_fault, "__i915_gem_object_lock", "dma_resv_lock_interruptible", "thread",
           "VM_FAULT_NOPAGE", "vm_fault_gtt > i915_gem_object_lock > __i915_gem_object_lock"},
          {vm_fault, "i915_gem_ww_ctx_backoff", "dma_resv_lock_slow_interruptible", "thread", "",
           "vm_fault_gtt > i915_gem_ww_ctx_backoff"},
          {vm_fault, "i915_vma_pin_ww", "mutex_lock_interruptible_nested", "thread", "", ""},
          {vm_fault, "i915_vma_unbind", "mutex_lock_interruptible_nested", "thread", "", ""},
          {vm_fault, "i915_vma_wait_for_bind", "dma_fence_wait", "thread", "", ""},
          {vm_fault, "vma_create", "mutex_lock_interruptible", "thread", "", ""},
          {vm_fault, "intel_gt_wait_for_idle", "signal_pending", "thread", "", ""}});
  EXPECT_GE(open_sites(vm_fault).size(), 16U);
}

TEST_F(AuditOfTheKernel, SeesThatCephBlocksSignals) {
  for (const char* handler : {"ceph_filemap_fault", "ceph_page_mkwrite"})
    expect({{handler, "ceph_get_caps", "wait_woken", "suppressed", "", ""},
            {handler, "ceph_get_caps", "signal_pending", "suppressed", "", ""}});
}

// The operation is made by the fault, and nothing on its way sets its AFS_OPERATION_UNINTR.
TEST_F(AuditOfTheKernel, KnowsTheFlagsOfWhatAFaultMakes) {
  for (const char* handler : {"afs_page_mkwrite", "afs_vm_map_pages"})
    expect({{handler, "afs_check_server_record", "wait_on_bit", "thread", "", ""},
            {handler, "afs_check_volume_status", "wait_on_bit", "thread", "", ""},
            {handler, "afs_wait_for_one_fs_probe", "prepare_to_wait_event", "thread", "", ""}});
}

TEST_F(AuditOfTheKernel, LeavesNoMoreForReviewThanAPersonReads) {
  constexpr std::size_t kForReview = 80;
  std::size_t for_review = 0;
  for (const auto& finding : audit_.at("findings"))
    if (finding.at("verdict") == "review") ++for_review;
  EXPECT_LE(for_review, kForReview);
}

TEST_F(AuditOfTheKernel, ListsEveryRegistration) {
  const auto& handlers = audit_.at("handlers");
  EXPECT_GE(handlers.size(), 170U);
  std::set<std::string> functions;
  for (const auto& handler : handlers) functions.insert(handler.at("function"));
  // Of an array's element, a nested initialiser, a static variable in a function, another file.
  for (const char* name : {"vvar_fault", "vmw_bo_vm_mkwrite", "filemap_fault",
                           "spufs_mem_mmap_fault", "special_mapping_fault", "gru_fault"})
    EXPECT_THAT(functions, Contains(name));
  expect({{"gru_fault", "gru_fault", "set_current_state", "convert", "ignored", "gru_fault"}});
  EXPECT_THAT(open_sites("btrfs_page_mkwrite"), Contains(HasSubstr("btrfs_balance_delayed_items")));
  EXPECT_THAT(open_sites("orangefs_page_mkwrite"), Not(IsEmpty()));
}

}  // namespace
}  // namespace killify::test
