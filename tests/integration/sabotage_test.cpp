// A semantic patch that does its work wrongly is found out by what comes of it.
#include "support/killify_run.h"

#include <gmock/gmock.h>

namespace killify::test {
namespace {

using ::testing::HasSubstr;

class Sabotage : public ::testing::Test, protected MiniTree {
 protected:
  Sabotage() { share_answers(); }

  // What the plan says of one handler of osmium, with a semantic patch in which `what` is replaced.
  [[nodiscard]] std::string plan(const std::string& handler, const std::string& patch = {},
                                 const std::string& what = {}, const std::string& by = {}) const {
    const fs::path data = path() / "data";
    fs::create_directories(data);
    for (const char* folder : {"series", "semantic-patches"})
      fs::copy(kSource / folder, data / folder,
               fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    if (!patch.empty()) {
      std::string text = text_of(data / "semantic-patches" / patch);
      const auto at = text.rfind(what);
      EXPECT_NE(at, std::string::npos);
      if (at != std::string::npos) text.replace(at, what.size(), by);
      write_text(data / "semantic-patches" / patch, text);
    }
    const Completed done =
        killify({"--progress=none", "plan", "--format=json", "drivers/misc/osmium"},
                {{"KILLIFY_DATA", data.string()}});
    EXPECT_TRUE(done.ok()) << done.err;
    const auto json = parsed(done.out);
    for (const auto& left : json.at("left_out"))
      if (left.at("handler") == handler) return left.at("reason");
    for (const auto& step : json.at("steps"))
      for (const auto& site : step.at("sites"))
        if (site.at("handler") == handler) return "converted";
    return {};
  }
};

// The helper's loop and the handler's are left as they were, or asked for the opposite. What a
// fault returns on a signal is said to be as good as before: facts/on-signal.cocci sees no loop.
TEST_F(Sabotage, ALoopWithoutAnExitIsLeft) {
  constexpr const char* kPatch = "convert/fatal-loop.cocci";
  constexpr const char* kExit = "&& !fatal_signal_pending(current)";
  EXPECT_EQ(plan("osmium_fault"), "converted");
  EXPECT_EQ(plan("osmium_huge_fault"), "converted");
  EXPECT_THAT(plan("osmium_fault", kPatch, kExit, "&& fatal_signal_pending(current)"),
              HasSubstr("osmium_charge() may call mutex_lock_killable() again"));
  EXPECT_THAT(plan("osmium_huge_fault", kPatch, kExit, "&& true"),
              HasSubstr("osmium_huge_fault() may call osmium_drain() again"));
}

}  // namespace
}  // namespace killify::test
