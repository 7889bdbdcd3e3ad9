// What killify plans for each driver of the fixture: the table of its README.md.
#include "json_schema.h"
#include "support/killify_run.h"

#include <gmock/gmock.h>

#include <set>
#include <tuple>

namespace killify::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// handler, what it sleeps in, what it becomes, result on a signal before, on a fatal one after
using Site = std::tuple<std::string, std::string, std::string, std::string, std::string>;

constexpr const char* kNopage = "VM_FAULT_NOPAGE";
constexpr const char* kSigbus = "VM_FAULT_SIGBUS";
constexpr const char* kRetry = "VM_FAULT_RETRY";

Site lock_site(const std::string& handler) {
  return {handler, "mutex_lock_interruptible", "mutex_lock_killable", kNopage, kSigbus};
}

// A state is threaded to the sleep.
Site state_site(const std::string& handler) {
  return {handler, "mutex_lock_interruptible", "TASK_KILLABLE", kNopage, kSigbus};
}

const std::map<std::string, std::set<Site>> kConverted = {
    {"drivers/gpu/drm/alder/alder_gem.c", {state_site("alder_fault")}},
    {"drivers/gpu/drm/acacia/acacia.h", {lock_site("acacia_fault")}},
    {"drivers/gpu/drm/aspen/aspen_gem.c", {lock_site("aspen_fault")}},
    {"drivers/gpu/drm/birch/birch_vm.c", {lock_site("birch_fault")}},
    {"drivers/gpu/drm/cedar/cedar_gem.c", {lock_site("cedar_fault")}},
    {"drivers/gpu/drm/chestnut/chestnut_gem.c", {state_site("chestnut_fault")}},
    {"drivers/gpu/drm/elm/elm_gem.c", {state_site("elm_fault"), state_site("elm_pfn_mkwrite")}},
    {"drivers/gpu/drm/hazel/hazel_gem.c",
     {{"hazel_fault", "wait_event_interruptible", "wait_event_killable", kNopage, kSigbus}}},
    {"drivers/gpu/drm/juniper/juniper_gem.c",
     {{"juniper_fault", "juniper_enter_interruptible", "juniper_enter_killable", kNopage,
       kSigbus}}},
    {"drivers/gpu/drm/larch/larch_gem.c",
     {{"larch_fault", "ww_mutex_lock_interruptible", "ww_mutex_lock_killable", kNopage, kSigbus}}},
    {"drivers/gpu/drm/oak/oak_gem.c",
     {lock_site("oak_fault"), lock_site("holly_fault"), state_site("oak_pfn_mkwrite")}},
    {"drivers/misc/mercury/mercury.c", {state_site("mercury_fault")}},
    {"drivers/gpu/drm/rowan/rowan_gem.c",
     {lock_site("rowan_fault"), lock_site("rowan_pfn_mkwrite")}},
    {"drivers/gpu/drm/walnut/walnut_gem.c", {lock_site("walnut_fault")}},
    {"drivers/misc/argon/argon.c", {lock_site("argon_fault")}},
    {"drivers/misc/brass/brass.c",
     {{"brass_fault", "rt_mutex_lock_interruptible", "rt_mutex_lock_killable", kNopage, kSigbus}}},
    {"drivers/misc/bronze/bronze.c",
     {lock_site("bronze_fault"),
      {"bronze_fault", "wait_for_completion_interruptible", "wait_for_completion_killable", kNopage,
       kSigbus}}},
    {"drivers/misc/cadmium/cadmium_core.c", {lock_site("cadmium_fault")}},
    {"drivers/misc/chrome/chrome.c", {lock_site("chrome_fault")}},
    {"drivers/misc/cobalt/cobalt.c", {lock_site("cobalt_fault")}},
    {"drivers/misc/copper/copper.c",
     {{"copper_fault", "wait_for_completion_interruptible_timeout",
       "wait_for_completion_killable_timeout", kNopage, kSigbus}}},
    {"drivers/misc/iron/iron.c", {lock_site("iron_fault")}},
    {"drivers/misc/lead/lead.c",
     {lock_site("lead_fault"),
      {"lead_fault", "down_interruptible", "down_killable", kNopage, kSigbus}}},
    {"drivers/misc/osmium/osmium.c",
     {{"osmium_fault", "mutex_lock_interruptible", "mutex_lock_killable", "ignored", kSigbus},
      {"osmium_huge_fault", "mutex_lock_interruptible", "mutex_lock_killable", "ignored", kSigbus},
      {"osmium_page_mkwrite", "mutex_lock_interruptible", "mutex_lock_killable", kSigbus,
       kSigbus}}},
    {"drivers/misc/radium/radium.c", {lock_site("radium_fault")}},
    {"drivers/misc/silver/silver.c", {lock_site("silver_fault")}},
    {"drivers/misc/tungsten/tungsten.c", {lock_site("tungsten_pfn_mkwrite")}},
    {"drivers/misc/zinc/zinc.c",
     {{"zinc_fault", "set_current_state", "set_current_state", "ignored", kSigbus}}},
    {"fs/cove/file.c",
     {{"cove_page_mkwrite", "down_interruptible", "down_killable", kSigbus, kSigbus}}},
    {"fs/delta/file.c",
     {{"delta_fault", "prepare_to_wait", "prepare_to_wait", kNopage, kSigbus},
      {"delta_fault", "signal_pending", "fatal_signal_pending", kNopage, kSigbus}}},
    {"fs/estuary/file.c", {lock_site("estuary_fault")}},
    {"fs/fjord/file.c",
     {{"fjord_fault", "mutex_lock_interruptible", "mutex_lock_killable", kRetry, kRetry}}},
    {"fs/reef/file.c",
     {{"reef_fault", "down_read_interruptible", "down_read_killable", kNopage, kSigbus}}},
    {"fs/shoal/file.c", {{"shoal_fault", "wait_on_bit", "wait_on_bit", kNopage, kSigbus}}},
    {"fs/weir/file.c",
     {{"weir_fault", "mutex_lock_interruptible", "mutex_lock_killable", kRetry, kRetry}}},
    {"sound/tuba/tuba.c",
     {{"tuba_fault", "down_interruptible", "down_killable", kSigbus, kSigbus}}},
};

// handler, verdict, a part of the reason
using Left = std::tuple<std::string, std::string, std::string>;

const std::multimap<std::string, Left> kLeft = {
    {"drivers/gpu/drm/beech/beech_gem.c",
     {"beech_fault", "thread", "dma_fence_wait() has no one definition"}},
    {"drivers/gpu/drm/beech/beech_gem.c", {"beech_pfn_mkwrite", "review", "depends on"}},
    {"drivers/gpu/drm/ebony/ebony_gem.c", {"ebony_fault", "review", "cannot parse ebony_fault()"}},
    {"drivers/gpu/drm/linden/linden_gem.c",
     {"linden_fault", "convert", "dma_fence_wait_timeout() has no one definition"}},
    {"drivers/gpu/drm/maple/maple_gem.c", {"maple_fault", "convert", "maple_ioctl()"}},
    {"drivers/gpu/drm/poplar/poplar_gem.c",
     {"poplar_fault", "thread", "passes TASK_KILLABLE to nothing"}},
    {"drivers/gpu/drm/sequoia/sequoia_gem.c",
     {"sequoia_fault", "convert", "dma_resv_lock_interruptible() is a macro"}},
    {"drivers/gpu/drm/spruce/spruce_gem.c",
     {"spruce_fault", "thread", "dma_fence_wait() has no one definition"}},
    {"drivers/gpu/drm/willow/willow_gem.c",
     {"willow_fault", "thread", "dma_fence_wait() has no one definition"}},
    {"drivers/misc/gold/gold.c",
     {"gold_pfn_mkwrite", "thread", "return VM_FAULT_NOPAGE under a fatal signal"}},
    {"drivers/misc/indium/indium.c",
     {"indium_far_fault", "thread", "passes TASK_KILLABLE to nothing"}},
    {"drivers/misc/indium/indium.c",
     {"indium_any_fault", "thread", "passes TASK_KILLABLE to nothing"}},
    {"drivers/misc/nickel/nickel.c",
     {"nickel_fault", "convert", "no rule gives that loop an exit"}},
    {"drivers/misc/osmium/osmium.c",
     {"osmium_pfn_mkwrite", "convert", "would return 0 under a fatal signal"}},
    {"drivers/misc/tungsten/tungsten.c", {"tungsten_fault", "review", "9 calls deep"}},
    {"fs/inlet/file.c", {"inlet_fault", "thread", "passes TASK_KILLABLE to nothing"}},
    {"fs/strait/file.c",
     {"strait_page_mkwrite", "thread", "a variable of it decides how it sleeps"}},
    // What the series file names and this tree only declares.
    {"killable-fault-handlers.yaml", {"", "thread", "not in this tree"}},
    {"fs/tarn/file.c", {"tarn_fault", "convert", "VM_FAULT_RETRY without mmap_lock dropped"}},
    {"fs/weir/file.c",
     {"weir_page_mkwrite", "convert", "VM_FAULT_RETRY, which counts as success from page_mkwrite"}},
    {"fs/weir/file.c",
     {"weir_pfn_mkwrite", "convert", "VM_FAULT_RETRY, which counts as success from pfn_mkwrite"}},
};
// Findings that are safe or suppressed.
constexpr int kSettled = 7;

class Planning : public ::testing::Test, protected MiniTree {
 protected:
  Planning() { share_answers(); }

  [[nodiscard]] nlohmann::json plan(Words arguments = {}) const {
    arguments.insert(arguments.begin(), {"--progress=none", "plan", "--format=json"});
    const Completed done = killify(arguments);
    EXPECT_TRUE(done.ok()) << done.err;
    EXPECT_EQ(done.err, "");
    return parsed(done.out);
  }
};

TEST_F(Planning, TheTableOfTheFixtureHolds) {
  const auto json = plan();
  EXPECT_EQ(JsonSchema("plan").mismatch(json), "");

  std::map<std::string, std::set<Site>> converted;
  for (const auto& step : json.at("steps"))
    for (const auto& site : step.at("sites")) {
      const auto text = [&site = site](const char* key) { return site.at(key).get<std::string>(); };
      converted[text("file")].insert({text("handler"), text("before"), text("after"),
                                      text("on_signal"),
                                      text(text("on_fatal").empty() ? "on_signal" : "on_fatal")});
    }
  EXPECT_EQ(converted, kConverted);

  std::set<std::pair<std::string, std::string>> left_handlers;
  for (const auto& left : json.at("left_out")) {
    const std::string file = left.at("file");
    const std::string handler = left.at("handler");
    const auto [first, last] = kLeft.equal_range(file);
    const auto known = std::find_if(
        first, last, [&](const auto& one) { return std::get<0>(one.second) == handler; });
    ASSERT_NE(known, last) << left;
    left_handlers.emplace(file, handler);
    EXPECT_EQ(left.at("verdict"), std::get<1>(known->second)) << left;
    EXPECT_THAT(left.at("reason").get<std::string>(), HasSubstr(std::get<2>(known->second)));
  }
  EXPECT_EQ(left_handlers.size(), kLeft.size());
  EXPECT_EQ(json.at("settled"), kSettled);

  // No driver of the fixture is forgotten by this test: the others hold no sleep of one.
  const std::set<std::string> innocent = {"drivers/gpu/drm/acacia/acacia_display.c",
                                          "drivers/gpu/drm/acacia/acacia_gem.c",
                                          "drivers/gpu/drm/birch/birch_drv.c",
                                          "drivers/gpu/drm/holly/holly_gem.c",
                                          "drivers/misc/cadmium/cadmium_pool.c",
                                          "drivers/misc/pewter/pewter.c",
                                          "drivers/misc/platinum/platinum.c",
                                          "drivers/misc/tin/tin.c",
                                          "fs/atoll/file.c",
                                          "fs/bight/file.c",
                                          "fs/lagoon/file.c",
                                          "kernel/locking/ww_mutex.c",
                                          "mm/memory.c"};
  for (const auto& [name, text] : contents_below(kMiniLinux)) {
    // Those of release-waits and of kthread-idle.
    if (!name.ends_with(".c") || name.starts_with("drivers/usb/") ||
        name.starts_with("drivers/hwmon/"))
      continue;
    EXPECT_TRUE((kConverted.contains(name) || kLeft.contains(name)) != innocent.contains(name))
        << name;
  }
}

// A function that no fault reaches, where the series file names it.
class PlanningWhatASeriesNames : public Planning {
 protected:
  [[nodiscard]] Completed plan_of(const std::string& threads, Words arguments) const {
    const fs::path directory = path() / "series";
    fs::remove_all(directory);
    fs::copy(kSource / "series", directory, fs::copy_options::recursive);
    auto text = text_of(directory / "killable-fault-handlers.yaml");
    const auto begin = text.find("\nthread:\n") + 1;
    text.replace(begin, text.find("\n\n", begin) - begin, threads);
    write_text(directory / "own.yaml", text);
    arguments.insert(arguments.begin(),
                     {"--progress=none", "plan", "--series", (directory / "own.yaml").string()});
    return killify(arguments);
  }
};

constexpr const char* kPlatinum =
    "thread:\n  functions:\n    - {function: platinum_drain, parameter: intr}";

TEST_F(PlanningWhatASeriesNames, IsThreadedWhereThePathsCoverIt) {
  const auto covered = plan_of(kPlatinum, {"--format=json", "drivers/misc/platinum"});
  ASSERT_TRUE(covered.ok()) << covered.err;
  const auto json = parsed(covered.out);
  EXPECT_EQ(JsonSchema("plan").mismatch(json), "");
  EXPECT_THAT(json.at("left_out"), IsEmpty());
  ASSERT_EQ(json.at("steps").size(), 1U);
  const auto& step = json.at("steps")[0];
  EXPECT_EQ(step.at("name"), "thread drivers/misc/platinum");
  EXPECT_THAT(step.at("reason").get<std::string>(), HasSubstr("the series file asks for it"));
  EXPECT_THAT(split_lines(step.at("diff").get<std::string>()),
              AllOf(Contains("+int platinum_drain_state(struct platinum_tank *tank, unsigned int "
                             "state)"),
                    Contains("+\tif (state == TASK_KILLABLE)"),
                    Contains("+EXPORT_SYMBOL_GPL(platinum_drain_state);"),
                    Contains(" EXPORT_SYMBOL_GPL(platinum_drain);"),
                    Contains("+\treturn platinum_drain_state(tank,"),
                    Not(Contains(HasSubstr("static inline")))));
  EXPECT_THAT(step.at("dropped_exports"), IsEmpty());

  const auto internal = parsed(plan_of(std::string(kPlatinum) + "\ndrop_exports: [platinum_drain]",
                                       {"--format=json", "drivers/misc/platinum"})
                                   .out);
  EXPECT_EQ(JsonSchema("plan").mismatch(internal), "");
  EXPECT_THAT(internal.at("steps")[0].at("dropped_exports"), ElementsAre("platinum_drain"));
  EXPECT_THAT(split_lines(internal.at("steps")[0].at("diff").get<std::string>()),
              AllOf(Contains("-EXPORT_SYMBOL_GPL(platinum_drain);"),
                    Contains("+static inline int platinum_drain(struct platinum_tank *tank, bool "
                             "intr)")));

  const auto elsewhere = plan_of(kPlatinum, {"drivers/misc/pewter"});
  EXPECT_TRUE(elsewhere.ok()) << elsewhere.err;
  EXPECT_THAT(elsewhere.out, Not(HasSubstr("platinum")));
}

TEST_F(PlanningWhatASeriesNames, IsAnErrorWhereTheTreesFunctionHasNoSuchParameter) {
  const auto typo =
      plan_of("thread:\n  functions:\n    - {function: platinum_drain, parameter: inter}", {});
  EXPECT_EQ(typo.exit_code, 2);
  EXPECT_THAT(typo.err, AllOf(HasSubstr("own.yaml:"), HasSubstr("platinum_drain()"),
                              HasSubstr("has no parameter 'inter' (did you mean 'intr'?)")));
}

// Two drivers of one origin, each with the handler and its ops in files of their own.
class PlanningTwins : public ::testing::Test, protected MiniTree {
 protected:
  PlanningTwins() {
    share_answers();
    for (const std::string name : {"teak", "ipe"}) {
      const auto directory = tree() / "drivers/misc" / name;
      fs::create_directories(directory);
      write_text(directory / "gem.h", "vm_fault_t twin_gem_fault(struct vm_fault *vmf);\n");
      write_text(directory / "gem.c",
                 "#include <linux/mm.h>\n#include <linux/mutex.h>\n#include \"gem.h\"\n\n"
                 "static DEFINE_MUTEX(lock);\n\n"
                 "vm_fault_t twin_gem_fault(struct vm_fault *vmf)\n{\n"
                 "\tif (mutex_lock_interruptible(&lock))\n\t\treturn VM_FAULT_NOPAGE;\n"
                 "\tmutex_unlock(&lock);\n\treturn 0;\n}\n");
      write_text(directory / "drv.c",
                 "#include <linux/mm.h>\n#include \"gem.h\"\n\n"
                 "const struct vm_operations_struct " +
                     name + "_vm_ops = {\n\t.fault = twin_gem_fault,\n};\n");
    }
  }

  void commit_with(const std::string& teak, const std::string& ipe) {
    write_text(tree() / "drivers/misc/teak/Makefile", teak);
    write_text(tree() / "drivers/misc/ipe/Makefile", ipe);
    (void)git({"add", "-A"});
    (void)git({"commit", "-q", "-m", "Twins"});
  }
  [[nodiscard]] std::string diff_of(const std::string& path) const {
    return killify({"--progress=none", "diff", path}).out;
  }
};

TEST_F(PlanningTwins, OfOneNameAreConvertedEachForItself) {
  commit_with("teak-y := drv.o gem.o\nobj-$(CONFIG_TEAK) += teak.o\n",
              "ipe-objs := drv.o gem.o\nobj-m += ipe.o\n");
  const auto teak = diff_of("drivers/misc/teak");
  EXPECT_THAT(teak, AllOf(HasSubstr("drivers/misc/teak/gem.c"), HasSubstr("mutex_lock_killable"),
                          Not(HasSubstr("drivers/misc/ipe"))));
  EXPECT_THAT(diff_of("drivers/misc/ipe"),
              AllOf(HasSubstr("drivers/misc/ipe/gem.c"), Not(HasSubstr("drivers/misc/teak"))));
}

TEST_F(PlanningTwins, AreLookedAtWherePathIsWhenNoMakefileTellsThemApart) {
  commit_with("# nothing\n", "# nothing\n");
  EXPECT_THAT(diff_of("drivers/misc/teak"), Not(HasSubstr("drivers/misc/ipe")));
  EXPECT_THAT(
      killify({"--progress=none", "audit", "drivers/misc/teak"}).out,
      HasSubstr("twin_gem_fault is bound to .fault, and which of its 2 definitions is meant "
                "is not known"));
}

TEST_F(Planning, EachChangeIsWhatItsDriverShows) {
  std::map<std::string, std::string> diffs;
  const auto json = plan();
  for (const auto& step : json.at("steps"))
    for (const auto& file : step.at("files")) diffs[file] = step.at("diff");

  const auto lines = [&](const std::string& file) { return split_lines(diffs[file]); };
  EXPECT_THAT(
      lines("drivers/gpu/drm/hazel/hazel_gem.c"),
      AllOf(Contains(HasSubstr("-\twake_up_interruptible(")), Contains(HasSubstr("+\twake_up("))));
  // An object that said nothing slept uninterruptibly, and still does.
  std::string elm;
  for (const auto& step : json.at("steps"))
    if (step.at("name") == "thread drivers/gpu/drm/elm") elm = step.at("diff");
  EXPECT_THAT(split_lines(elm),
              AllOf(Contains("+\tunsigned int state;"),
                    Contains("+\tstruct elm_ctx ctx = { .state = state };"),
                    Contains("+\t\t.state = TASK_INTERRUPTIBLE,"),
                    Contains("+\tstruct elm_ctx ctx = { .state = TASK_UNINTERRUPTIBLE,")));
  EXPECT_THAT(
      lines("drivers/gpu/drm/elm/elm_gem.c"),
      AllOf(Contains("-\t\t.state = TASK_INTERRUPTIBLE,"), Contains("+\t\t.state = TASK_KILLABLE,"),
            Contains("+\tif (elm_move_state(obj, vmf->pgoff, TASK_KILLABLE))")));
  std::string chestnut;
  for (const auto& step : json.at("steps"))
    if (step.at("name") == "thread drivers/gpu/drm/chestnut") chestnut = step.at("diff");
  EXPECT_THAT(split_lines(chestnut),
              AllOf(Contains("+\tunsigned int state;"),
                    Contains("+\tstruct chestnut_ctx ctx = { false, TASK_INTERRUPTIBLE };"),
                    Contains("+\t\tinterruptible ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE,"),
                    Contains("-\tstruct chestnut_ctx ctx = {};"),
                    Contains("-\tstruct chestnut_ctx ctx = { 0 };"),
                    Contains("+\tstruct chestnut_ctx ctx = { .state = TASK_UNINTERRUPTIBLE };")));
  EXPECT_THAT(lines("drivers/gpu/drm/chestnut/chestnut_gem.c"),
              Contains("+\tstruct chestnut_ctx ctx = { false, TASK_KILLABLE };"));
  EXPECT_THAT(diffs["fs/delta/file.c"], Not(HasSubstr("\n-\twake_up")));
  EXPECT_THAT(lines("drivers/misc/lead/lead.c"),
              AllOf(Contains(HasSubstr("+\tif (down_killable(")),
                    Contains(HasSubstr("+\tif (mutex_lock_killable("))));
  EXPECT_THAT(diffs["fs/fjord/file.c"], Not(HasSubstr("\n+\t\t\treturn")));
  EXPECT_THAT(diffs["drivers/misc/copper/copper.c"], Not(HasSubstr("-\t\treturn VM_FAULT_OOM")));
  EXPECT_THAT(diffs["drivers/misc/bronze/bronze.c"], Not(HasSubstr("\n-\t\tmutex_unlock")));
  EXPECT_THAT(lines("drivers/misc/zinc/zinc.c"),
              AllOf(Contains(HasSubstr("+\t\t\tset_current_state(TASK_KILLABLE);")),
                    Contains("+\t\t\tif (fatal_signal_pending(current))"),
                    Contains("+#include <linux/sched/signal.h>")));
  EXPECT_THAT(lines("drivers/misc/osmium/osmium.c"),
              AllOf(Contains("+\t} while (err == -EINTR && !fatal_signal_pending(current));"),
                    Contains("+\twhile ((err = osmium_drain(cell)) == -ERESTARTSYS && "
                             "!fatal_signal_pending(current))"),
                    Not(Contains(HasSubstr("EAGAIN")))));
  EXPECT_THAT(lines("drivers/gpu/drm/juniper/juniper.h"),
              AllOf(Contains("+juniper_lock_killable(struct juniper_object *obj)"),
                    Contains("+\treturn ww_mutex_lock_killable(&obj->resv, NULL);"),
                    Contains("+/* Takes the object, unless interrupted by a fatal signal. */"),
                    Contains("+juniper_enter_killable(struct juniper_object *obj, int why)"),
                    Contains("+\treturn juniper_lock_killable(obj);")));
  EXPECT_THAT(
      lines("drivers/gpu/drm/juniper/juniper_gem.c"),
      AllOf(Contains("+\tif (juniper_enter_killable(obj,"), Contains("+\t\t\t\t   JUNIPER_FAULT))"),
            Contains("+\t\treturn VM_FAULT_SIGBUS;")));
  // Where nothing else can end the sleep there is no second look at the signal.
  EXPECT_THAT(diffs["drivers/gpu/drm/walnut/walnut_gem.c"], Not(HasSubstr("fatal_signal_pending")));
}

// One commit for both drivers that need it, before them.
TEST_F(Planning, WhatTheTreeLacksComesFirst) {
  const auto json = plan({"drivers/gpu/drm/juniper", "drivers/gpu/drm/larch"});
  ASSERT_EQ(json.at("steps").size(), 3U);
  const auto& added = json.at("steps")[0];
  EXPECT_EQ(added.at("kind"), "prepare");
  EXPECT_EQ(added.at("name"), "prepare include/linux/ww_mutex.h");
  EXPECT_THAT(added.at("enables"),
              ElementsAre("convert drivers/gpu/drm/juniper", "convert drivers/gpu/drm/larch"));
  EXPECT_THAT(added.at("files"),
              ElementsAre("include/linux/ww_mutex.h", "kernel/locking/ww_mutex.c"));
  ASSERT_EQ(added.at("additions").size(), 2U);
  EXPECT_EQ(added.at("additions")[0].at("name"), "ww_mutex_lock_killable");
  EXPECT_EQ(added.at("additions")[1].at("name"), "ww_mutex_lock_slow_killable");
  EXPECT_EQ(json.at("steps")[1].at("needs"), nlohmann::json({added.at("name")}));

  // Everything is there twice, as the model is, and no line but those is touched.
  const auto lines = split_lines(added.at("diff").get<std::string>());
  const auto count = [&](const std::string& line) {
    return std::count(lines.begin(), lines.end(), line);
  };
  EXPECT_EQ(count("+EXPORT_SYMBOL_GPL(ww_mutex_lock_killable);"), 1);
  EXPECT_EQ(count("+EXPORT_SYMBOL(ww_mutex_lock_killable);"), 1);
  EXPECT_EQ(count("+\tret = __ww_mutex_lock(lock, TASK_KILLABLE,"), 1);
  EXPECT_EQ(count("+__ww_mutex_lock_killable_slowpath(struct ww_mutex *lock,"), 1);
  EXPECT_EQ(count("+\treturn __ww_mutex_lock_killable_slowpath(lock, ctx);"), 1);
  EXPECT_EQ(count("+int __must_check ww_mutex_lock_killable(struct ww_mutex *lock,"), 1);
  EXPECT_EQ(count("+ * ww_mutex_lock_killable - take a wait/wound mutex, killable"), 1);
  EXPECT_EQ(
      count("+ * call ww_mutex_lock_slow_killable(), or -EINTR if a fatal signal arrives while"),
      1);
  for (const auto& line : lines)
    EXPECT_TRUE(!line.starts_with("-") || line.starts_with("---")) << line;
}

TEST_F(Planning, APathNarrowsThePlan) {
  const auto json = plan({"drivers/gpu/drm/walnut", "fs/tarn/file.c"});
  ASSERT_EQ(json.at("steps").size(), 1U);
  EXPECT_THAT(json.at("steps")[0].at("files"), ElementsAre("drivers/gpu/drm/walnut/walnut_gem.c"));
  ASSERT_EQ(json.at("left_out").size(), 1U);
  EXPECT_EQ(json.at("left_out")[0].at("file"), "fs/tarn/file.c");
  const auto innocent = plan({"drivers/misc/tin", "fs/atoll"});
  EXPECT_THAT(innocent.at("steps"), IsEmpty());
  EXPECT_THAT(innocent.at("left_out"), IsEmpty());
}

TEST_F(Planning, TheTextNamesEveryDriver) {
  const Completed done = killify({"--progress=none", "--color=never", "plan"});
  ASSERT_TRUE(done.ok()) << done.err;
  for (const auto& [file, sites] : kConverted)
    for (const Site& site : sites) EXPECT_THAT(done.out, HasSubstr(std::get<0>(site)));
  for (const auto& [file, left] : kLeft) EXPECT_THAT(done.out, HasSubstr(std::get<2>(left)));
}

}  // namespace
}  // namespace killify::test
