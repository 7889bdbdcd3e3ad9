#include "verify/durations.h"

#include "support/files.h"
#include "support/temp_dir.h"
#include "verify/job_share.h"

#include <gtest/gtest.h>

namespace killify {
namespace {

class DurationsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto made = TempDir::make();
    ASSERT_TRUE(made) << made.error().message;
    directory_.emplace(std::move(*made));
  }
  [[nodiscard]] std::filesystem::path file() const { return directory_->path() / "seconds.json"; }

 private:
  std::optional<TempDir> directory_;
};

TEST_F(DurationsTest, AreKeptByFile) {
  Durations first(file());
  EXPECT_FALSE(first.start());
  EXPECT_FALSE(first.commit({"a.c"})) << "nothing is known yet";
  first.note_start(40);
  first.note_commit({"a.c", "a.h"}, 6);
  first.note_commit({"b.c"}, 9);
  ASSERT_TRUE(first.save());

  const Durations second(file());
  EXPECT_EQ(second.start(), 40.0);
  EXPECT_EQ(second.commit({"a.c"}), 3.0);
  EXPECT_EQ(second.commit({"a.h", "b.c"}), 12.0);
  EXPECT_EQ(second.commit({"new.c"}), 5.0) << "the average";
}

TEST_F(DurationsTest, ADamagedFileIsAsGoodAsNone) {
  for (const char* text :
       {"{", "[]", R"({"start": "soon", "files": {}})", R"({"files": {"a": []}})"}) {
    ASSERT_TRUE(write_file_atomic(file(), text));
    const Durations durations(file());
    EXPECT_FALSE(durations.start()) << text;
    EXPECT_FALSE(durations.commit({"a"})) << text;
  }
}

TEST(JobShares, NoProcessorIsLeftWithoutAJob) {
  JobShare share(5);
  EXPECT_EQ(share.each(), 5U);
  share.begin();
  EXPECT_EQ(share.each(), 5U);
  share.begin();
  EXPECT_EQ(share.each(), 3U);
  share.end();
  EXPECT_EQ(share.each(), 5U);
  EXPECT_EQ(JobShare(0).each(), 1U);
}

}  // namespace
}  // namespace killify
