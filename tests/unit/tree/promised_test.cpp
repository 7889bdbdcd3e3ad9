#include "tree/promised.h"

#include "unit/tree/git_fixture.h"

#include <gmock/gmock.h>

#include <filesystem>

namespace killify {
namespace {

namespace fs = std::filesystem;

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;

// A partial clone of a repository in which a/big and z/big are large.
class PromisedTest : public GitFixture {
 protected:
  PromisedTest() {
    full_ = make_repository("full", {{"a/big", std::string(5000, 'a')},
                                     {"a/small", "small\n"},
                                     {"z/big", std::string(5000, 'z')}});
    git(full_, {"config", "uploadpack.allowFilter", "true"});
    git(full_, {"clone", "-q", "--no-checkout", "--filter=blob:limit=1k",
                "file://" + full_.string(), path("partial")});
    git(path("partial"), {"config", "remote.unrelated.promisor", "false"});
    repository_.emplace(Repository::open(path("partial")).value());
    snapshot_ = repository_->snapshot("HEAD").value();
  }

  Result<std::string> read(const char* name) {
    return repository_->read_blob(snapshot_.find(name)->blob);
  }

  fs::path full_;
  std::optional<Repository> repository_;
  Snapshot snapshot_;
  std::unique_ptr<Progress> progress_ = make_progress(ProgressMode::kNone);
};

TEST_F(PromisedTest, NamesTheRemoteThatPromised) {
  EXPECT_EQ(promisor(*repository_), "origin");
  EXPECT_EQ(promisor(Repository::open(full_).value()), std::nullopt);
}

TEST_F(PromisedTest, WhatIsMissingIsFetchedInOneBatch) {
  ASSERT_FALSE(read("a/big"));
  ASSERT_TRUE(fetch_promised(*repository_, snapshot_, *progress_));
  EXPECT_EQ(*read("a/big"), std::string(5000, 'a'));
  EXPECT_EQ(*read("z/big"), std::string(5000, 'z'));
  EXPECT_THAT(snapshot_.lacking, IsEmpty());
  EXPECT_EQ(snapshot_.entries.size(), 3U);
  std::size_t packs = 0;
  for (const auto& file : fs::directory_iterator(path("partial") / ".git/objects/pack"))
    packs += static_cast<std::size_t>(file.path().extension() == ".pack");
  EXPECT_EQ(packs, 2U);  // the clone's and this one
  EXPECT_FALSE(fs::exists(path("partial") / ".git/FETCH_HEAD"));
}

TEST_F(PromisedTest, WhatCannotBeHadIsNoLongerAnEntryButLacking) {
  fs::rename(full_, path("elsewhere"));
  ASSERT_TRUE(fetch_promised(*repository_, snapshot_, *progress_));
  EXPECT_THAT(snapshot_.lacking, ElementsAre("a/big", "z/big"));
  EXPECT_EQ(snapshot_.entries.size(), 1U);
  EXPECT_TRUE(read("a/small"));
}

TEST_F(PromisedTest, WhereEachFileIsNeededItIsAnErrorWithItsRemedy) {
  fs::rename(full_, path("elsewhere"));
  const auto fetched = fetch_all_promised(*repository_, snapshot_.commit, *progress_);
  ASSERT_FALSE(fetched);
  EXPECT_THAT(fetched.error().message, HasSubstr("a partial clone without a/big"));
  EXPECT_THAT(fetched.error().message, EndsWith("fetch --refetch --no-filter origin"));
  fs::rename(path("elsewhere"), full_);
  EXPECT_TRUE(fetch_all_promised(*repository_, snapshot_.commit, *progress_));
}

}  // namespace
}  // namespace killify
