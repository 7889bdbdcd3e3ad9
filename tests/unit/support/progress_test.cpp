#include "support/progress.h"

#include "support/parallel.h"
#include "support/progress_printers.h"
#include "support/text.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace killify {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A terminal and a clock that the test moves.
struct World {
  std::string output;
  std::chrono::steady_clock::time_point time{};
  std::size_t width = 41;  // 40 columns are used

  ProgressPort port() {
    return {[this](std::string_view text) { output += text; }, [this] { return time; },
            [this] { return width; }};
  }
  std::string take() { return std::exchange(output, {}); }
};

TEST(LiveProgress, DrawsOneLineOverItself) {
  World world;
  const auto progress = make_live_progress(world.port());
  progress->begin("Reading", 4);
  EXPECT_EQ(world.take(), "\rReading 0/4 (0%)\033[K");
  world.time += milliseconds(150);
  progress->advance(1, "a.c");
  EXPECT_EQ(world.take(), "\rReading 1/4 (25%) a.c\033[K");
  progress->end("4 files");
  EXPECT_EQ(world.take(), "\r\033[KReading: 4 files\n");
}

TEST(LiveProgress, DoesNotDrawMoreOftenThanAPersonSees) {
  World world;
  const auto progress = make_live_progress(world.port());
  progress->begin("Reading", 1000);
  world.take();
  for (std::size_t i = 1; i <= 50; ++i) progress->advance(i, "a.c");
  EXPECT_EQ(world.take(), "");
}

TEST(LiveProgress, TellsTheTimeLeftFromTheRate) {
  World world;
  const auto progress = make_live_progress(world.port());
  progress->begin("R", 100);
  world.time += seconds(1);
  progress->advance(10, "");
  EXPECT_EQ(world.output.find("ETA"), std::string::npos) << "too early to tell";
  world.take();
  world.time += seconds(9);
  progress->advance(10, "");
  EXPECT_EQ(world.take(), "\rR 10/100 (10%, ETA 1m30s)\033[K");
}

TEST(LiveProgress, NeverGrowsBeyondTheTerminal) {
  World world;
  const auto progress = make_live_progress(world.port());
  progress->begin("Reading", 4);
  world.take();
  world.time += milliseconds(150);
  progress->advance(1, "drivers/gpu/drm/etnaviv/etnaviv_gem.c");
  EXPECT_EQ(world.take(), "\rReading 1/4 (25%) drivers/g...aviv_gem.c\033[K");
  world.width = 10;
  world.time += milliseconds(150);
  progress->advance(2, "drivers/gpu/drm/etnaviv/etnaviv_gem.c");
  EXPECT_EQ(world.take(), "\rRea...0%)\033[K");
}

TEST(LiveProgress, ANoteStaysAboveTheLine) {
  World world;
  const auto progress = make_live_progress(world.port());
  progress->begin("Reading", 0);
  world.take();
  progress->note("a.c: warning");
  EXPECT_EQ(world.take(), "\r\033[Ka.c: warning\n\rReading\033[K");
}

TEST(LiveProgress, AnUnfinishedLineIsWipedAway) {
  World world;
  auto progress = make_live_progress(world.port());
  progress->begin("Reading", 0);
  world.take();
  progress.reset();
  EXPECT_EQ(world.take(), "\r\033[K");
}

TEST(LiveProgress, RowsStandUnderTheLine) {
  World world;
  const auto progress = make_live_progress(world.port());
  progress->begin("Building", 2);
  world.take();
  world.time += milliseconds(150);
  progress->show({"one  running", "two  waiting, and longer than the terminal"});
  EXPECT_EQ(world.take(),
            "\rBuilding 0/2 (0%)\033[K\none  running\033[K\n"
            "two  waiting, and longer than the termin\033[K");
  progress->note("a.c: warning");
  EXPECT_EQ(world.take(),
            "\r\033[2A\033[Ja.c: warning\n\rBuilding 0/2 (0%)\033[K\none  running\033[K\n"
            "two  waiting, and longer than the termin\033[K");
  world.time += milliseconds(150);
  progress->show({"two  running"});
  EXPECT_EQ(world.take(), "\r\033[2ABuilding 0/2 (0%)\033[K\ntwo  running\033[K\033[J");
  progress->end("done");
  EXPECT_EQ(world.take(), "\r\033[1A\033[JBuilding: done\n");
}

TEST(LiveProgress, BelievesWhoKnowsTheTimeLeft) {
  World world;
  const auto progress = make_live_progress(world.port());
  progress->begin("R", 100);
  progress->expect(seconds(90));
  world.time += seconds(30);
  world.take();
  progress->advance(1, "");
  EXPECT_EQ(world.take(), "\rR 1/100 (1%, ETA 1m00s)\033[K");
  world.time += seconds(70);
  progress->advance(2, "");
  EXPECT_EQ(world.take(), "\rR 2/100 (2%, ETA 1s)\033[K") << "later than thought";
  progress->expect(std::nullopt);
  progress->advance(3, "");
  world.time += seconds(1);
  progress->advance(50, "");
  EXPECT_EQ(world.take(), "\rR 50/100 (50%, ETA 1m41s)\033[K") << "by the rate";
}

TEST(LiveProgress, NeverGoesBack) {
  World world;
  const auto progress = make_live_progress(world.port());
  progress->begin("Reading", 4);
  progress->advance(3, "c.c");
  world.take();
  world.time += milliseconds(150);
  progress->advance(2, "b.c");
  EXPECT_EQ(world.take(), "\rReading 3/4 (75%) b.c\033[K");
}

TEST(PlainProgress, PrintsALineNowAndThen) {
  World world;
  const auto progress = make_plain_progress(world.port());
  progress->begin("Reading", 100);
  EXPECT_EQ(world.take(), "Reading (100)\n");
  progress->advance(1, "a.c");
  EXPECT_EQ(world.take(), "");
  world.time += seconds(10);
  progress->advance(50, "b.c");
  EXPECT_EQ(world.take(), "Reading 50/100 (50%, ETA 10s) b.c\n");
  progress->note("b.c: warning");
  EXPECT_EQ(world.take(), "b.c: warning\n");
  progress->end("100 files");
  EXPECT_EQ(world.take(), "Reading: 100 files\n");
}

TEST(PlainProgress, RowsAreForTerminals) {
  World world;
  const auto progress = make_plain_progress(world.port());
  progress->begin("Reading", 100);
  world.time += seconds(10);
  world.take();
  progress->show({"one"});
  EXPECT_EQ(world.take(), "");
  progress->advance(50, "b.c");
  EXPECT_EQ(world.take(), "Reading 50/100 (50%, ETA 10s) b.c\n");
}

TEST(PlainProgress, CountsWithoutATotal) {
  World world;
  const auto progress = make_plain_progress(world.port());
  progress->begin("Writing", 0);
  world.time += seconds(10);
  progress->advance(7, "");
  progress->end("9 commits");
  EXPECT_EQ(world.take(), "Writing\nWriting 7\nWriting: 9 commits\n");
}

TEST(JsonProgress, PrintsObjectsLineByLine) {
  World world;
  const auto progress = make_json_progress(world.port());
  progress->begin("Reading \"x\"", 2);
  world.time += seconds(10);
  progress->advance(1, "odd\xff.c");
  progress->note("n");
  progress->end("2 files");
  const auto lines = split_lines(world.output);
  ASSERT_EQ(lines.size(), 4U);
  using nlohmann::json;
  EXPECT_EQ(json::parse(lines[0]),
            json({{"event", "begin"}, {"activity", "Reading \"x\""}, {"total", 2}}));
  EXPECT_EQ(json::parse(lines[1]), json({{"event", "advance"},
                                         {"activity", "Reading \"x\""},
                                         {"done", 1},
                                         {"total", 2},
                                         {"current", "odd\uFFFD.c"},
                                         {"eta_seconds", 10}}));
  EXPECT_EQ(json::parse(lines[2]), json({{"event", "note"}, {"text", "n"}}));
  EXPECT_EQ(json::parse(lines[3]),
            json({{"event", "end"}, {"activity", "Reading \"x\""}, {"summary", "2 files"}}));
}

TEST(Progress, AnAdvanceOutsideAnActivitySaysNothing) {
  World world;
  const auto progress = make_plain_progress(world.port());
  world.time += seconds(10);
  progress->advance(1, "a.c");
  progress->end("x");
  EXPECT_EQ(world.take(), "");
}

TEST(Progress, TakesThreads) {
  World world;
  const auto progress = make_json_progress(world.port());
  progress->begin("Reading", 200);
  ASSERT_TRUE(parallel_for(200, 4, [&](std::size_t i) -> Status {
    progress->note(std::to_string(i));
    return {};
  }));
  for (const std::string& line : split_lines(world.output))
    EXPECT_TRUE(nlohmann::json::accept(line)) << line;
  EXPECT_EQ(split_lines(world.output).size(), 201U);
}

TEST(Progress, NoneWritesNothing) {
  testing::internal::CaptureStderr();
  const auto progress = make_progress(ProgressMode::kNone);
  progress->begin("Reading", 2);
  progress->advance(1, "a.c");
  progress->note("n");
  progress->end("2 files");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Progress, AutoIsPlainInALog) {
  testing::internal::CaptureStderr();  // a file, no terminal
  const auto progress = make_progress(ProgressMode::kAuto);
  progress->begin("Reading", 2);
  progress->end("2 files");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "Reading (2)\nReading: 2 files\n");
}

}  // namespace
}  // namespace killify
