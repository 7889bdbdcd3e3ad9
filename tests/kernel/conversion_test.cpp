// What killify changes in Linux 6.1, and what it says of the rest.
#include "kernel/kernel_tree.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <tuple>

namespace killify::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// All that a command could touch in a repository, without reading each file of it.
std::string state_of(const Bench& bench, const fs::path& tree) {
  return text_of(tree / ".git/HEAD") + bench.git(tree, {"for-each-ref"}) +
         text_of(tree / ".git/index") +
         bench.git(tree, {"--no-optional-locks", "status", "--porcelain"}) +
         bench.git(tree, {"count-objects", "-v"});
}

// The diff of one driver, without the lines that name blobs.
std::string diff_of(const Bench& bench, const std::string& driver) {
  const fs::path tree = shared_kernel();
  const std::string before = state_of(bench, tree);
  const Completed done =
      bench.killify(shared_cache(), {"-C", tree.string(), "diff", driver, "--no-pager"});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(state_of(bench, tree), before) << "diff touched the tree";
  std::string diff;
  for (const std::string& line : split_lines(done.out))
    if (!line.starts_with("index ")) diff += line + "\n";
  return diff;
}

// The lock is taken with mmap_lock held, so that a fatal signal must end the fault.
TEST(Conversion, OfEtnaviv) {
  const Bench bench;
  EXPECT_EQ(
      diff_of(bench, "drivers/gpu/drm/etnaviv"),
      R"(diff --git a/drivers/gpu/drm/etnaviv/etnaviv_gem.c b/drivers/gpu/drm/etnaviv/etnaviv_gem.c
--- a/drivers/gpu/drm/etnaviv/etnaviv_gem.c
+++ b/drivers/gpu/drm/etnaviv/etnaviv_gem.c
@@ -174,9 +174,9 @@ static vm_fault_t etnaviv_gem_fault(struct vm_fault *vmf)
 	 * something from beneath our feet.  Note that vmf_insert_page() is
 	 * specifically coded to take care of this, so we don't have to.
 	 */
-	err = mutex_lock_interruptible(&etnaviv_obj->lock);
+	err = mutex_lock_killable(&etnaviv_obj->lock);
 	if (err)
-		return VM_FAULT_NOPAGE;
+		return VM_FAULT_SIGBUS;
 	/* make sure we have pages attached now */
 	pages = etnaviv_gem_get_pages(etnaviv_obj);
 	mutex_unlock(&etnaviv_obj->lock);
)");
}

// The handler sleeps in a loop that looked at no signal: the mutex is free at that place, so the
// loop can be left. Without an exit SIGKILL would make the loop spin. The file had no use for
// signals before.
TEST(Conversion, OfSgiGru) {
  const Bench bench;
  EXPECT_EQ(diff_of(bench, "drivers/misc/sgi-gru"),
            R"(diff --git a/drivers/misc/sgi-gru/grumain.c b/drivers/misc/sgi-gru/grumain.c
--- a/drivers/misc/sgi-gru/grumain.c
+++ b/drivers/misc/sgi-gru/grumain.c
@@ -16,6 +16,7 @@
 #include <linux/list.h>
 #include <linux/err.h>
 #include <linux/prefetch.h>
+#include <linux/sched/signal.h>
 #include <asm/uv/uv_hub.h>
 #include "gru.h"
 #include "grutables.h"
@@ -952,8 +953,10 @@ vm_fault_t gru_fault(struct vm_fault *vmf)
 		STAT(load_user_context);
 		if (!gru_assign_gru_context(gts)) {
 			mutex_unlock(&gts->ts_ctxlock);
-			set_current_state(TASK_INTERRUPTIBLE);
+			set_current_state(TASK_KILLABLE);
 			schedule_timeout(GRU_ASSIGN_DELAY);  /* true hack ZZZ */
+			if (fatal_signal_pending(current))
+				return VM_FAULT_SIGBUS;
 			expires = gts->ts_steal_jiffies + GRU_STEAL_DELAY;
 			if (time_before(expires, jiffies))
 				gru_steal_context(gts);
)");
}

// What tiler_pin() takes back when it fails is taken back whole, whatever signal is pending.
TEST(Conversion, OfOmapdrm) {
  const Bench bench;
  EXPECT_THAT(diff_of(bench, "drivers/gpu/drm/omapdrm"),
              HasSubstr("+\t\ttiler_unpin_state(block, TASK_UNINTERRUPTIBLE);\n"));
}

class Plan : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const Completed done =
        Bench().killify(shared_cache(), {"-C", shared_kernel().string(), "plan", "--format=json"});
    ASSERT_EQ(done.exit_code, 0) << done.err;
    plan_ = parsed(done.out);
  }

  Bench bench_;
  static inline nlohmann::json plan_;  // of the whole tree
};

TEST_F(Plan, ConvertsWhatThisKernelHasTheMeansFor) {
  using Site = std::tuple<std::string, std::string, std::string>;
  std::set<Site> sites;
  for (const auto& step : plan_.at("steps"))
    for (const auto& site : step.at("sites"))
      sites.emplace(step.at("group"), site.at("function"), site.at("on_fatal"));
  EXPECT_THAT(
      sites,
      AllOf(Contains(Site("drivers/gpu/drm/etnaviv", "etnaviv_gem_fault", "VM_FAULT_SIGBUS")),
            Contains(Site("drivers/gpu/drm/i915", "vm_fault_gtt", "VM_FAULT_SIGBUS")),
            Contains(Site("drivers/gpu/drm/msm", "msm_gem_fault", "VM_FAULT_SIGBUS")),
            Contains(Site("drivers/gpu/drm/ttm", "ttm_bo_vm_reserve", "VM_FAULT_SIGBUS")),
            Contains(Site("drivers/gpu/drm/ttm", "ttm_bo_vm_reserve", "VM_FAULT_RETRY")),
            Contains(Site("drivers/misc/sgi-gru", "gru_fault", "VM_FAULT_SIGBUS"))));
}

// What msm and TTM take is to be had in an interruptible form only.
TEST_F(Plan, AddsThePrimitivesThatThisKernelLacks) {
  using Steps = std::map<std::string, std::vector<std::string>>;
  Steps added;
  std::vector<std::string> kinds;
  for (const auto& step : plan_.at("steps")) {
    kinds.push_back(step.at("kind"));
    if (kinds.back() != "prepare") continue;
    for (const auto& addition : step.at("additions"))
      added[addition.at("file")].push_back(addition.at("name"));
    EXPECT_THAT(step.at("enables"), Contains("convert drivers/gpu/drm/ttm"));
  }
  EXPECT_EQ(added, (Steps{{"include/linux/dma-resv.h",
                           {"dma_resv_lock_killable", "dma_resv_lock_slow_killable"}},
                          {"include/linux/ww_mutex.h",
                           {"ww_mutex_lock_killable", "ww_mutex_lock_slow_killable"}}}));
  EXPECT_EQ(kinds.front(), "prepare");
  EXPECT_EQ(kinds.back(), "convert");
}

// What a user of one driver gets: nothing that this driver does not need.
TEST_F(Plan, PreparesForOneDriverOnlyWhatItNeeds) {
  const Completed done = bench_.killify(shared_cache(), {"-C", shared_kernel().string(), "plan",
                                                         "--format=json", "drivers/gpu/drm/msm"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  std::vector<std::string> names;
  const auto plan = parsed(done.out);
  for (const auto& step : plan.at("steps")) names.push_back(step.at("name"));
  EXPECT_THAT(names,
              ElementsAre("prepare include/linux/ww_mutex.h", "prepare include/linux/dma-resv.h",
                          "convert drivers/gpu/drm/msm"));
}

// The lines of the function whose definition starts at lines[at], as the kernel's style writes it.
std::vector<std::string> body_at(const std::vector<std::string>& lines, std::size_t at) {
  while (at < lines.size() && !lines[at].starts_with('{') && !lines[at].ends_with(';')) ++at;
  std::vector<std::string> body;
  if (at == lines.size() || lines[at].ends_with(';')) return body;
  for (; at < lines.size() && !lines[at].starts_with('}'); ++at) body.push_back(lines[at]);
  return body;
}

// A second opinion that knows nothing of Coccinelle: every function with the type of a fault
// handler whose text names an interruptible sleep is converted, or left out with a reason.
TEST_F(Plan, MissesNoSleepInTheTextOfAFaultHandler) {
  std::set<std::string> known;  // handlers: the sleep may be in a helper that the text names
  for (const auto& step : plan_.at("steps"))
    for (const auto& site : step.at("sites")) known.insert(site.at("handler"));
  for (const auto& left : plan_.at("left_out")) known.insert(left.at("handler"));

  const fs::path tree = shared_kernel();
  const std::string definitions = bench_.git(
      tree, {"grep", "-nE", R"(^([a-z_]+ )*vm_fault_t [A-Za-z0-9_]+\(struct vm_fault \*)", "HEAD",
             "--", "*.c"});
  const std::regex place(R"(HEAD:([^:]+):(\d+):.*vm_fault_t (\w+)\(.*)");
  const std::regex sleep(
      R"(\w+_interruptible\w*\(|\bTASK_INTERRUPTIBLE\b|\bsignal_pending(_state)?\()");
  std::size_t handlers = 0;
  std::vector<std::string> missed;
  for (const std::string& definition : split_lines(definitions)) {
    std::smatch match;
    if (!std::regex_match(definition, match, place)) continue;
    const std::string file = match[1];
    const auto body = body_at(split_lines(text_of(tree / file)), std::stoul(match[2]) - 1);
    const bool sleeps = std::any_of(body.begin(), body.end(), [&](const std::string& line) {
      return std::regex_search(line, sleep);
    });
    if (body.empty()) continue;  // a prototype
    ++handlers;
    if (sleeps && !known.contains(match[3])) missed.push_back(file + ": " + match[3].str());
  }
  EXPECT_GT(handlers, 100U);
  EXPECT_THAT(missed, IsEmpty());
}

}  // namespace
}  // namespace killify::test
