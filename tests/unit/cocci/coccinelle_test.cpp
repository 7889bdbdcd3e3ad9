#include "cocci/coccinelle.h"

#include "fake_spatch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace killify {
namespace {

using testing::HasSubstr;

// A spatch that counts how often it ran, and upper-cases the word `old` in the last argument.
constexpr const char* kCounting = R"(echo x >> "$COUNTER"
for file; do :; done
sed -i s/old/OLD/ "$file")";

class CoccinelleTest : public SpatchFixture {
 protected:
  CoccinelleTest() { setenv("COUNTER", (scratch_.path() / "counter").c_str(), 1); }

  Coccinelle open() {
    patch(kRename);
    return Coccinelle::open(patches(), scratch_.path() / "cache").value();
  }

  std::size_t runs() const {
    const auto text = read_file(scratch_.path() / "counter");
    return text ? text->size() / 2 : 0;
  }
};

TEST_F(CoccinelleTest, AsksOnceForEachTextAndQuestion) {
  fake(kCounting);
  auto coccinelle = open();
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(coccinelle.run("x.cocci", {}, {"a.c", "old\n"}).value().text, "OLD\n");
  EXPECT_EQ(runs(), 1U);
  EXPECT_EQ(coccinelle.run("x.cocci", {}, {"b.c", "plain\n"}).value().text, "plain\n");
  EXPECT_EQ(coccinelle.run("x.cocci", {"a=b"}, {"a.c", "old\n"}).value().text, "OLD\n");
  EXPECT_EQ(runs(), 3U);
  auto later = open();
  EXPECT_EQ(later.run("x.cocci", {}, {"b.c", "plain\n"}).value().text, "plain\n");
  EXPECT_EQ(later.run("x.cocci", {}, {"a.c", "old\n"}).value().text, "OLD\n");
  EXPECT_EQ(runs(), 3U);
}

TEST_F(CoccinelleTest, AnotherSemanticPatchIsAnotherQuestion) {
  fake(kCounting);
  open().run("x.cocci", {}, {"a.c", "old\n"}).value();
  std::ofstream(patches() / "x.cocci") << "@@\n@@\n- a()\n+ b()\n";
  auto changed = Coccinelle::open(patches(), scratch_.path() / "cache").value();
  changed.run("x.cocci", {}, {"a.c", "old\n"}).value();
  EXPECT_EQ(runs(), 2U);
}

TEST_F(CoccinelleTest, AFailureIsTriedAgain) {
  fake("echo x >> \"$COUNTER\"; echo 'it hurts' >&2; exit 3");
  auto coccinelle = open();
  for (int i = 0; i < 2; ++i) {
    const auto answer = coccinelle.run("x.cocci", {}, {"a.c", "old\n"}).value();
    EXPECT_EQ(answer.end, SpatchEnd::kFailed);
    EXPECT_THAT(answer.why, HasSubstr("exit status 3: it hurts"));
  }
  EXPECT_EQ(runs(), 2U);
}

// JSON cannot hold these bytes: the answer is not kept, and never another one in its place.
TEST_F(CoccinelleTest, BytesThatAreNoUtf8ComeBackEachTime) {
  fake(kCounting);
  auto coccinelle = open();
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(coccinelle.run("x.cocci", {}, {"a.c", "\xf6 old\n"}).value().text, "\xf6 OLD\n");
  EXPECT_EQ(runs(), 2U);
}

TEST_F(CoccinelleTest, ThreadsMayAskAtOnce) {
  fake(kCounting);
  auto coccinelle = open();
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&, i] {
      const auto text = "old " + std::to_string(i % 4) + "\n";
      const auto answer = coccinelle.run("x.cocci", {}, {"a.c", text});
      if (answer && answer->text == "OLD " + std::to_string(i % 4) + "\n") ++right;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 8);
}

TEST_F(CoccinelleTest, ASemanticPatchThatIsNotThereIsAnError) {
  auto coccinelle = open();
  EXPECT_TRUE(coccinelle.has("x.cocci"));
  EXPECT_FALSE(coccinelle.has("y.cocci"));
  const auto answer = coccinelle.run("y.cocci", {}, {"a.c", "old\n"});
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("y.cocci"));
}

}  // namespace
}  // namespace killify
