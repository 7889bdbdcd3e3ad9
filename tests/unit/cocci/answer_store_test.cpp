#include "cocci/answer_store.h"

#include "support/parallel.h"
#include "support/temp_dir.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

namespace killify {
namespace {

namespace fs = std::filesystem;
using testing::Eq;
using testing::Optional;

class AnswerStoreTest : public testing::Test {
 protected:
  AnswerStoreTest() : scratch_(TempDir::make().value()) {}
  fs::path file() const { return scratch_.path() / "cache" / "answers.sqlite"; }
  AnswerStore open() const { return AnswerStore::open(file()).value(); }
  TempDir scratch_;
};

TEST_F(AnswerStoreTest, KeepsAnswersFromRunToRun) {
  {
    auto store = open();
    EXPECT_EQ(store.get("text", "question"), std::nullopt);
    store.put("text", "question", "one");
    store.put("text", "question", "two");
    EXPECT_THAT(store.get("text", "question"), Optional(Eq("two")));
    EXPECT_EQ(store.get("text", "other"), std::nullopt);
    EXPECT_EQ(store.get("other", "question"), std::nullopt);
  }
  EXPECT_THAT(open().get("text", "question"), Optional(Eq("two")));
}

TEST_F(AnswerStoreTest, ManyAreKeptAtOnce) {
  auto store = open();
  store.put_all({{"a", "question", "one"}, {"b", "question", "two"}, {"a", "question", "three"}});
  store.put_all({});
  EXPECT_THAT(store.get("a", "question"), Optional(Eq("three")));
  EXPECT_THAT(store.get("b", "question"), Optional(Eq("two")));
}

TEST_F(AnswerStoreTest, AnAnswerMayBeLargeAndAnyBytes) {
  auto store = open();
  std::string large(8 << 20, 'x');
  large += std::string("\0\xff", 2);
  store.put("text", "question", large);
  EXPECT_EQ(store.get("text", "question"), large);
}

TEST_F(AnswerStoreTest, AnotherLayoutIsReplaced) {
  open().put("text", "question", "answer");
  SQLite::Database(file().string(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version=99");
  auto store = open();
  EXPECT_EQ(store.get("text", "question"), std::nullopt);
  store.put("text", "question", "new");
  EXPECT_THAT(store.get("text", "question"), Optional(Eq("new")));
}

TEST_F(AnswerStoreTest, ADamagedFileIsReplaced) {
  {
    auto store = open();
    for (int i = 0; i < 200; ++i) store.put("text", std::to_string(i), std::string(2000, 'x'));
  }
  fs::resize_file(file(), fs::file_size(file()) / 2);
  EXPECT_EQ(open().get("text", "1"), std::nullopt);
  std::ofstream(file()) << "this is no database, and longer than a header of SQLite's is, by far";
  auto store = open();
  store.put("text", "question", "answer");
  EXPECT_THAT(store.get("text", "question"), Optional(Eq("answer")));
}

TEST_F(AnswerStoreTest, AnImpossiblePlaceIsAnErrorWithARemedy) {
  std::ofstream(scratch_.path() / "plain");
  const auto store = AnswerStore::open(scratch_.path() / "plain" / "answers.sqlite");
  ASSERT_FALSE(store);
}

// A database that is not ours to judge must not be deleted.
TEST_F(AnswerStoreTest, WhatCannotBeReadNowIsNotDeleted) {
  fs::create_directories(file());  // a directory by that name: SQLITE_CANTOPEN
  EXPECT_FALSE(AnswerStore::open(file()));
  EXPECT_TRUE(fs::is_directory(file()));
}

TEST_F(AnswerStoreTest, ThreadsMayUseOneAtOnce) {
  auto store = open();
  const auto done = parallel_for(200, 8, [&](std::size_t i) -> Status {
    const auto key = std::to_string(i);
    store.put("text", key, "answer " + key);
    if (store.get("text", key) != "answer " + key) return fail("{} is lost", key);
    return {};
  });
  EXPECT_TRUE(done) << done.error().message;
}

TEST_F(AnswerStoreTest, ProcessesMayUseOneAtOnce) {
  std::vector<pid_t> children;
  for (int child = 0; child < 4; ++child) {
    const auto pid = fork();
    if (pid == 0) {
      auto store = AnswerStore::open(file());
      if (!store) _exit(1);
      for (int i = 0; i < 50; ++i) store->put(std::to_string(child), std::to_string(i), "answer");
      _exit(0);
    }
    children.push_back(pid);
  }
  for (const auto child : children) {
    int status = -1;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  const auto store = open();
  for (int child = 0; child < 4; ++child)
    for (int i = 0; i < 50; ++i)
      EXPECT_THAT(store.get(std::to_string(child), std::to_string(i)), Optional(Eq("answer")));
}

}  // namespace
}  // namespace killify
