#include "series/commits.h"

#include "series/message.h"
#include "support/temp_dir.h"
#include "unit/series/samples.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using test::git_output;
using testing::ElementsAre;
using testing::HasSubstr;

class Commits : public testing::Test {
 protected:
  Commits() { samples::make_repository(tree_, samples::etnaviv_change().files); }

  // Two commits on the same file, in a workshop of its own.
  std::vector<SeriesCommit> make(const std::string& cache) {
    const Repository user = samples::value_of(Repository::open(tree_));
    Workshop workshop = samples::value_of(Workshop::open(user, dir_.path() / cache));
    const CommitInfo base = samples::value_of(user.commit("HEAD"));
    Change first = samples::etnaviv_change();
    Change second = first;
    second.files[0].before = first.files[0].after;
    second.files[0].after += "more\n";
    auto commits = samples::value_of(
        commit_series(workshop, base, {first, second},
                      {{.subject = "a: One", .body = "b\n"}, {.subject = "a: Two", .body = "b\n"}},
                      samples::author()));
    samples::check(workshop.publish("killify/test/v1", commits.back().oid));
    return commits;
  }

  TempDir dir_ = samples::value_of(TempDir::make());
  std::filesystem::path tree_ = dir_.path() / "tree";
};

TEST_F(Commits, FollowEachOtherOnTheBase) {
  const auto commits = make("cache");
  EXPECT_EQ(git_output(tree_, {"log", "--format=%H %an <%ae> %ad %cd%n%B", "--date=raw",
                               "main..killify/test/v1"}),
            commits[1].oid +
                " A U Thor <author@example.org> 1700000002 +0100 1700000002 +0100\n"
                "a: Two\n\nb\n\n" +
                commits[0].oid +
                " A U Thor <author@example.org> 1700000001 +0100 1700000001 +0100\n"
                "a: One\n\nb\n\n");
  EXPECT_EQ(git_output(tree_, {"show", commits[1].oid + ":" + commits[1].change.files[0].path}),
            commits[1].change.files[0].after);
}

TEST_F(Commits, AreTheSameInTwoRuns) {
  const auto first = make("cache-1");
  const auto second = make("cache-2");
  EXPECT_EQ(first[0].oid, second[0].oid);
  EXPECT_EQ(first[1].oid, second[1].oid);
}

TEST_F(Commits, AreAddressedOneByOne) {
  samples::check(write_file_atomic(
      tree_ / "scripts/get_maintainer.pl",
      "open(my $patch, '<', $ARGV[-1]); local $/; my $text = <$patch>;\n"
      "print \"M <m\\@x> (maintainer:A)\\nl\\@x (open list)\\n\" if $text =~ /etnaviv/;\n"));
  std::vector<SeriesCommit> commits(2);
  commits[0].change = samples::etnaviv_change();
  commits[1].change = samples::change_of("drivers/orphan", {});
  commits[1].message.subject = "orphan: Do it";
  const Addressed addressed = samples::value_of(address_commits(tree_, commits, 2));
  EXPECT_THAT(commits[0].to, ElementsAre("M <m@x>"));
  EXPECT_THAT(commits[0].cc, ElementsAre("l@x"));
  ASSERT_EQ(addressed.covers.size(), 1U);
  EXPECT_THAT(addressed.covers[0].to, ElementsAre("M <m@x>"));
  EXPECT_THAT(addressed.covers[0].cc, ElementsAre("l@x"));
  EXPECT_THAT(addressed.warnings, ElementsAre(HasSubstr("names nobody for 'orphan: Do it'")));
}

}  // namespace
}  // namespace killify
