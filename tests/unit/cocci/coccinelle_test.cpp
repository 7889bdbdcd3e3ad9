#include "cocci/coccinelle.h"

#include "fake_spatch.h"
#include "support/digest.h"
#include "support/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <thread>

namespace killify {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A spatch that counts how often it ran, and upper-cases the word `old` in the last argument.
constexpr const char* kCounting = R"(echo x >> "$COUNTER"
for file; do :; done
sed -i s/old/OLD/ "$file"
whole)";

class CoccinelleTest : public SpatchFixture {
 protected:
  CoccinelleTest() { setenv("COUNTER", (scratch_.path() / "counter").c_str(), 1); }

  Coccinelle open() {
    patch(kRename);
    return Coccinelle::open(patches(), scratch_.path() / "cache", 2).value();
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
  auto changed = Coccinelle::open(patches(), scratch_.path() / "cache", 2).value();
  changed.run("x.cocci", {}, {"a.c", "old\n"}).value();
  EXPECT_EQ(runs(), 2U);
}

TEST_F(CoccinelleTest, WhatASemanticPatchIncludesIsPartOfTheQuestion) {
  fake(kCounting);
  for (const char* text : {"// one\n", "// one\n", "// two\n"}) {
    include("a.cocci", text);
    patch(std::string("#include \"include/a.cocci\"\n") + kRename);
    auto coccinelle = Coccinelle::open(patches(), scratch_.path() / "cache", 2).value();
    coccinelle.run("x.cocci", {}, {"a.c", "old\n"}).value();
  }
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

// JSON cannot hold these bytes as they are.
TEST_F(CoccinelleTest, BytesThatAreNoUtf8AreKeptAsWell) {
  fake(kCounting);
  auto coccinelle = open();
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(coccinelle.run("x.cocci", {}, {"a.c", "\xf6 \xc3\xa9 old\n"}).value().text,
              "\xf6 \xc3\xa9 OLD\n");
  EXPECT_EQ(runs(), 1U);
}

// It exits 0, but did not run a rule, or not to the end, or somebody changed what it printed.
TEST_F(CoccinelleTest, AnAnswerThatIsNotWholeIsNeitherBelievedNorKept) {
  const std::string count = "echo x >> \"$COUNTER\"\n";
  for (const char* broken : {"exit 0", "echo '{\"fact\": 1}'", "line first; echo '{\"fact\": 1}'",
                             "line first; echo '{\"fact\": 1}'; echo 'killify: last line'",
                             R"(whole '{"line": 1}' | sed 's/"line": 1/"line": "one"/')",
                             R"(whole '{"line": 1}' '{"line": 2}' | sed '/"line": 2/d')"}) {
    fake(count + broken);
    auto coccinelle = open();
    const auto answer = coccinelle.run("x.cocci", {}, {"a.c", "old\n"}).value();
    EXPECT_EQ(answer.end, SpatchEnd::kFailed) << broken;
    EXPECT_THAT(answer.why, HasSubstr("its answer is not whole")) << broken;
    EXPECT_THAT(coccinelle.unanswered(), ElementsAre(answer.why)) << broken;
  }
  EXPECT_EQ(runs(), 6U);
  fake(count + R"(whole '{"line": 1}' '{"line": 2}')");
  auto coccinelle = open();
  EXPECT_EQ(coccinelle.run("x.cocci", {}, {"a.c", "old\n"}).value().facts.list().size(), 2U);
  EXPECT_THAT(coccinelle.unanswered(), IsEmpty());
}

// What could not be answered counts once, however often it is asked, and no more when it is.
// Kept before an answer had a first and a last line: a broken spatch may have given it.
TEST_F(CoccinelleTest, AnAnswerOfAnOldCacheIsNotBelieved) {
  fake(kCounting);
  auto coccinelle = open();
  const auto semantic_patch = load_semantic_patch(patches(), "x.cocci").value();
  const auto question = sha256(semantic_patch.sha256 + '\n' + coccinelle.version() + '\n');
  AnswerStore::open(scratch_.path() / "cache/answers.sqlite")
      .value()
      .put(sha256("old\n"), question, R"({"facts": [], "lost": [], "text": "broken\n"})");
  EXPECT_EQ(coccinelle.run("x.cocci", {}, {"a.c", "old\n"}).value().text, "OLD\n");
  EXPECT_EQ(runs(), 1U);
}

TEST_F(CoccinelleTest, CountsTheQuestionsThatHaveNoAnswer) {
  fake("[ -e \"$COUNTER\" ] && whole && exit; exit 3");
  auto coccinelle = open();
  std::vector<Question> asked;
  for (const char* text : {"1\n", "2\n", "1\n"}) asked.push_back({{"a.c", text}, {}});
  for (int i = 0; i < 2; ++i)
    coccinelle.run_all("x.cocci", {}, asked, [](const Question&) {}).value();
  EXPECT_EQ(coccinelle.unanswered().size(), 2U);
  std::ofstream(scratch_.path() / "counter") << "x";
  coccinelle.run("x.cocci", {}, {"a.c", "1\n"}).value();
  EXPECT_EQ(coccinelle.unanswered().size(), 1U);
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

// Works on the texts of a list as well, but not where one of them says "crash".
constexpr const char* kMany = R"(echo x >> "$COUNTER"
for last; do :; done
case $last in */groups) files=$(cat "$last");; *) files=$last;; esac
grep -q crash $files && kill -SEGV $$
for file in $files; do
  echo "HANDLING: $file" >&2
  sed -i s/old/OLD/ "$file"
  grep -q fact "$file" && told="{\"file\": \"$file\", \"fact\": \"$(cat "$file")\"}"
done
whole ${told:+"$told"})";

class ManyQuestionsTest : public CoccinelleTest {
 protected:
  static std::vector<Question> questions(const std::vector<std::string>& texts) {
    std::vector<Question> asked;
    for (const auto& text : texts) asked.push_back({{"dir/a.c", text}, {}});
    return asked;
  }
  // The texts that come out.
  static std::vector<std::string> run_all(Coccinelle& coccinelle,
                                          const std::vector<Question>& asked) {
    std::atomic<std::size_t> told = 0;
    const auto answers =
        coccinelle.run_all("x.cocci", {}, asked, [&](const Question&) { ++told; }).value();
    EXPECT_EQ(told, asked.size());
    std::vector<std::string> texts;
    for (const auto& answer : answers)
      texts.push_back(answer.end == SpatchEnd::kDone ? answer.text : answer.why);
    return texts;
  }
};

TEST_F(ManyQuestionsTest, OneProcessAnswersThemInTheirOrder) {
  fake(kMany);
  auto coccinelle = open();
  EXPECT_THAT(run_all(coccinelle, questions({"old 1", "longer than old 2", "3", "old 1"})),
              ElementsAre("OLD 1", "longer than OLD 2", "3", "OLD 1"));
  EXPECT_EQ(runs(), 1U);
  EXPECT_THAT(run_all(coccinelle, {}), IsEmpty());
}

TEST_F(ManyQuestionsTest, WhatIsKeptIsNotAskedAgain) {
  fake(kMany);
  auto coccinelle = open();
  run_all(coccinelle, questions({"old 1", "old 2"}));
  EXPECT_EQ(coccinelle.run("x.cocci", {}, {"a.c", "old 1"}).value().text, "OLD 1");
  EXPECT_EQ(runs(), 1U);
  coccinelle.run("x.cocci", {}, {"a.c", "old 3"}).value();
  EXPECT_THAT(run_all(coccinelle, questions({"old 3", "old 2", "old 4"})),
              ElementsAre("OLD 3", "OLD 2", "OLD 4"));
  EXPECT_EQ(runs(), 3U);
}

TEST_F(ManyQuestionsTest, AnAnswerDoesNotSayInWhichCompanyItWasGiven) {
  fake(kMany);
  auto coccinelle = open();
  const auto together =
      coccinelle.run_all("x.cocci", {}, questions({"fact", "old"}), [](const Question&) {}).value();
  std::filesystem::remove_all(scratch_.path() / "cache");
  auto afresh = open();
  const auto alone = afresh.run("x.cocci", {}, {"dir/a.c", "fact"}).value();
  EXPECT_THAT(alone.facts.list(), ElementsAre(nlohmann::json{{"fact", "fact"}}));
  EXPECT_EQ(together[0].facts.list(), alone.facts.list());
}

// But an answer is kept for its own definition.
TEST_F(ManyQuestionsTest, OneProcessIsToldWhatIsDefinedForEachText) {
  fake(std::string("echo \"$*\" > \"$COUNTER.said\"\n") + kMany);
  auto coccinelle = open();
  auto asked = questions({"old 1", "old 2"});
  for (auto& one : asked) one.define = "fn";
  asked[0].value = "one";
  asked[1].value = "other";
  coccinelle.run_all("x.cocci", {"a=b"}, asked, [](const Question&) {}).value();
  EXPECT_EQ(runs(), 1U);
  EXPECT_THAT(read_file(scratch_.path() / "counter.said").value(),
              HasSubstr(" -D a=b -D fn=one,other "));
  EXPECT_EQ(coccinelle.run("x.cocci", {"a=b", "fn=other"}, asked[1].source).value().text, "OLD 2");
  EXPECT_EQ(runs(), 1U);
}

TEST_F(ManyQuestionsTest, ATextThatCrashesSpatchTakesNoOtherWithIt) {
  fake(kMany);
  auto coccinelle = open();
  EXPECT_THAT(run_all(coccinelle, questions({"old 1", "crash", "old 2"})),
              ElementsAre("OLD 1", HasSubstr("killed by signal 11"), "OLD 2"));
  EXPECT_EQ(runs(), 4U);
  run_all(coccinelle, questions({"old 1", "crash", "old 2"}));
  EXPECT_EQ(runs(), 5U) << "only the failure is tried again";
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
