// killify generate on the fixture: what it makes is taken by git's own programs.
#include "json_schema.h"
#include "support/killify_run.h"

#include <gmock/gmock.h>

#include <set>

namespace killify::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

class Generate : public ::testing::Test, protected MiniTree {
 protected:
  Generate() { share_answers(); }

  [[nodiscard]] Completed generate(Words arguments = {}, const Environment& more = {}) const {
    arguments.insert(arguments.begin(), {"--progress=none", "generate", "-o", out().string()});
    return killify(arguments, more);
  }

  [[nodiscard]] std::vector<fs::path> patches() const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(out()))
      if (entry.path().extension() == ".patch" &&
          !entry.path().filename().string().ends_with("cover-letter.patch"))
        files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
  }

  [[nodiscard]] nlohmann::json manifest() const { return parsed(text_of(out() / "manifest.json")); }

  [[nodiscard]] std::string subject_of(const std::string& commit) const {
    return std::string(trim(git({"show", "-s", "--format=%s", commit})));
  }

  // Nothing of the user's but killify's own two refs, and none of those.
  void expect_untouched(const RepositoryState& before) const {
    const RepositoryState now = state();
    EXPECT_EQ(now.refs, before.refs);
    EXPECT_EQ(now.head, before.head);
    EXPECT_EQ(now.index, before.index);
    EXPECT_EQ(now.files, before.files);
  }
};

TEST_F(Generate, GitAmMakesTheSameTreeOfThePatches) {
  ASSERT_TRUE(generate().ok());
  const fs::path clone = path() / "clone";
  (void)git({"clone", "-q", "--branch", "main", tree().string(), clone.string()}, path());
  (void)git({"config", "user.name", "Somebody Else"}, clone);
  (void)git({"config", "user.email", "else@example.org"}, clone);
  Words am = {"am", "-q"};
  for (const fs::path& patch : patches()) am.push_back(patch.string());
  ASSERT_GT(am.size(), 12U);
  (void)git(am, clone);
  EXPECT_EQ(git({"rev-parse", "HEAD^{tree}"}, clone),
            git({"rev-parse", kBranch + std::string("^{tree}")}));
  const Words log = {"log", "--format=%an %ae %ad%n%B", "v6.1.0-mini.."};
  Words ours = log;
  ours.back() += kBranch;
  EXPECT_EQ(git(log, clone), git(ours));
  EXPECT_EQ(git({"diff", "--check", "v6.1.0-mini", kBranch}), "");
  (void)git({"fsck", "--strict"});
}

TEST_F(Generate, MailinfoKeepsEveryMessage) {
  ASSERT_TRUE(generate().ok());
  const auto commits = split_lines(git({"rev-list", "--reverse", std::string("main..") + kBranch}));
  const auto mails = patches();
  ASSERT_EQ(commits.size(), mails.size());
  std::set<std::string> subjects;
  for (std::size_t i = 0; i < mails.size(); ++i) {
    const std::string mail = text_of(mails[i]);
    const std::string header =
        git({"mailinfo", (path() / "body").string(), (path() / "diff").string()}, path(), mail);
    const std::string subject = subject_of(commits[i]);
    EXPECT_THAT(header, HasSubstr("Subject: " + subject + "\n"));
    EXPECT_THAT(header, HasSubstr("Author: A. Tester\nEmail: tester@example.org\n"));
    EXPECT_EQ(trim(text_of(path() / "body")), trim(git({"show", "-s", "--format=%b", commits[i]})));
    EXPECT_EQ(git({"show", "-s", "--format=%(trailers:key=Signed-off-by,valueonly)", commits[i]}),
              "A. Tester <tester@example.org>\n\n");
    EXPECT_THAT(mail, StartsWith("From " + commits[i] + " Mon Sep 17 00:00:00 2001\n"));
    EXPECT_LE(subject.size(), 75U) << subject;
    EXPECT_TRUE(subjects.insert(subject).second) << subject;
    EXPECT_THAT(subject, Not(HasSubstr(", part ")));
    for (const std::string& line : split_lines(git({"show", "-s", "--format=%b", commits[i]})))
      EXPECT_LE(line.size(), 75U) << line;
  }
}

TEST_F(Generate, TheCoverLetterAndTheManifestTellTheSameStory) {
  const Completed done = generate({"--patches=0"});
  ASSERT_TRUE(done.ok()) << done.err;
  const auto json = manifest();
  EXPECT_EQ(JsonSchema("manifest").mismatch(json), "");
  EXPECT_EQ(json.at("tree").at("commit"), commit_id("main"));
  EXPECT_EQ(json.at("branch"), kBranch);
  EXPECT_EQ(json.at("commits").back().at("oid"), commit_id(kBranch));
  const std::string cover = text_of(out() / "0000-cover-letter.patch");
  EXPECT_THAT(cover, HasSubstr("\nbase-commit: " + commit_id("main") + "\n"));
  std::set<std::string> listed = {"manifest.json"};
  for (const auto& [name, digest] : json.at("outputs").items()) listed.insert(name);
  std::set<std::string> there;
  for (const auto& [name, text] : contents_below(out())) there.insert(name);
  EXPECT_EQ(listed, there);
  for (const auto& commit : json.at("commits")) {
    EXPECT_THAT(cover, HasSubstr("\n  " + commit.at("subject").get<std::string>() + "\n"));
    EXPECT_THAT(done.out, HasSubstr(commit.at("subject").get<std::string>()));
    EXPECT_FALSE(commit.at("to").empty()) << commit.at("subject");
  }
  const std::string aside = text_of(out() / "left-alone.txt");
  ASSERT_THAT(json.at("left_out"), Not(IsEmpty()));
  for (const auto& left : json.at("left_out"))
    EXPECT_THAT(aside,
                HasSubstr(left.at("finding").at("handler").at("function").get<std::string>()));
  // One screen: what stands above the shortlog.
  const auto begin = cover.find("\n\n") + 2;
  const auto end = cover.find("\nA. Tester (");
  ASSERT_NE(end, std::string::npos);
  EXPECT_LE(split_lines(cover.substr(begin, end - begin)).size(), 60U) << cover;
  EXPECT_THAT(cover, HasSubstr("\n  killify generate --patches=0 -o DIR\n"));
  EXPECT_THAT(cover, HasSubstr("These patches were not built and not run yet"));
}

// Too many patches for one cover letter: each posting stands on its own but for what it names.
TEST_F(Generate, EachPostingAppliesWhereItsPrerequisitesAre) {
  const Completed done = generate({"--patches=9"});
  ASSERT_TRUE(done.ok()) << done.err;
  const auto commits = manifest().at("commits");
  std::map<std::string, Words> postings;        // directory -> patches
  std::map<std::string, std::string> patch_of;  // patch id -> patch
  unsigned last = 1;
  for (const auto& commit : commits) {
    const fs::path patch = out() / commit.at("patch").get<std::string>();
    postings[patch.parent_path().string()].push_back(patch.string());
    const std::string id = git({"patch-id", "--stable"}, path(), text_of(patch));
    patch_of[id.substr(0, id.find(' '))] = patch.string();
    EXPECT_THAT(commit.at("posting"), testing::AnyOf(last, last + 1))
        << "postings follow one another";
    last = commit.at("posting");
  }
  ASSERT_EQ(postings.size(), last);
  ASSERT_GT(postings.size(), 4U);
  std::size_t prerequisites = 0;
  for (const auto& [directory, patches] : postings) {
    SCOPED_TRACE(directory);
    EXPECT_LE(patches.size(), 9U);
    const std::string cover = text_of(fs::path(directory) / "0000-cover-letter.patch");
    EXPECT_THAT(cover, HasSubstr("\nThis is posting "));
    Words am = {"am", "-q"};
    for (const std::string& line : split_lines(cover)) {
      constexpr std::string_view kKey = "prerequisite-patch-id: ";
      if (!line.starts_with(kKey)) continue;
      ASSERT_TRUE(patch_of.contains(line.substr(kKey.size()))) << line;
      am.push_back(patch_of[line.substr(kKey.size())]);
      ++prerequisites;
    }
    am.insert(am.end(), patches.begin(), patches.end());
    const fs::path clone = path() / "clones" / fs::path(directory).filename();
    (void)git({"clone", "-q", "--branch", "main", tree().string(), clone.string()}, path());
    (void)git({"config", "user.name", "Somebody Else"}, clone);
    (void)git({"config", "user.email", "else@example.org"}, clone);
    (void)git(am, clone);
  }
  EXPECT_GT(prerequisites, 0U);
}

TEST_F(Generate, SendEmailTakesTheMails) {
  ASSERT_TRUE(generate({"drivers/gpu/drm/walnut"}).ok());
  Words send = {"send-email",
                "--dry-run",
                "--quiet",
                "--confirm=never",
                "--suppress-cc=self",
                "--to=list@example.org",
                "--smtp-server=/bin/true"};
  for (const auto& [name, text] : contents_below(out()))
    if (name.ends_with(".patch")) send.push_back((out() / name).string());
  EXPECT_THAT(git(send), HasSubstr("drm/walnut"));
}

TEST_F(Generate, TheUsersWorkIsNotTouched) {
  write_text(tree() / "fs/cove/file.c", "half written\n");
  (void)git({"add", "fs/cove/file.c"});
  write_text(tree() / "fs/notes.txt", "not git's\n");
  const RepositoryState before = state();
  ASSERT_TRUE(generate().ok());
  const RepositoryState after = state();
  EXPECT_EQ(after.head, before.head);
  EXPECT_EQ(after.index, before.index);
  EXPECT_EQ(after.status, before.status);
  EXPECT_EQ(after.files, before.files);
  std::vector<std::string> added;
  for (const std::string& ref : split_lines(after.refs))
    if (before.refs.find(ref) == std::string::npos) added.push_back(ref.substr(ref.find('\t') + 1));
  EXPECT_THAT(added, ElementsAre(std::string("refs/heads/") + kBranch,
                                 std::string("refs/killify/") + kBranch));
  for (const auto& [name, what] : before.git) {
    if (fs::is_directory(tree() / ".git" / name)) continue;  // a new ref or object is in there
    EXPECT_EQ(after.git.at(name), what) << name;
  }
}

TEST_F(Generate, ASecondRunReplacesAndChangesNothing) {
  ASSERT_TRUE(generate().ok());
  const auto files = contents_below(out());
  const std::string refs = git({"for-each-ref"});
  ASSERT_TRUE(generate().ok());
  EXPECT_EQ(contents_below(out()), files);
  EXPECT_EQ(git({"for-each-ref"}), refs);
  // Another selection is another series on the same branch, which is still killify's.
  ASSERT_TRUE(generate({"fs/cove"}).ok());
  EXPECT_THAT(patches(), SizeIs(1));
  EXPECT_EQ(git({"rev-list", "--count", std::string("main..") + kBranch}), "1\n");
}

TEST_F(Generate, ARerollStandsBesideTheFirst) {
  ASSERT_TRUE(generate({"fs"}).ok());
  write_text(path() / "changes", "Say more of fs/cove.\n");
  const Completed done =
      killify({"--progress=none", "generate", "fs", "-v", "2", "-o", (path() / "v2").string(),
               "--changelog", (path() / "changes").string()});
  ASSERT_TRUE(done.ok()) << done.err;
  EXPECT_THAT(git({"branch", "--list", "killify/*"}),
              AllOf(HasSubstr("/v1"), HasSubstr("killify/killable-fault-handlers/v2")));
  const std::string cover = text_of(path() / "v2/v2-0000-cover-letter.patch");
  EXPECT_THAT(cover, AllOf(HasSubstr("Subject: [PATCH v2 0/7]"), HasSubstr("Say more of fs/cove")));
  EXPECT_EQ(parsed(text_of(path() / "v2/manifest.json")).at("reroll"), 2);
}

TEST_F(Generate, ABranchThatIsNotKillifysIsKept) {
  (void)git({"branch", kBranch});
  const RepositoryState before = state();
  const Completed done = generate({"fs/cove"});
  EXPECT_EQ(done.exit_code, 2);
  EXPECT_THAT(done.err, AllOf(HasSubstr(kBranch), HasSubstr("--branch")));
  expect_untouched(before);
  EXPECT_FALSE(fs::exists(out()));
  EXPECT_TRUE(generate({"fs/cove", "--branch", "mine"}).ok());
  EXPECT_EQ(git({"rev-list", "--count", "main..mine"}), "1\n");
}

TEST_F(Generate, ABranchThatHasMovedIsKept) {
  ASSERT_TRUE(generate({"fs/cove"}).ok());
  (void)git({"branch", "-f", kBranch, "main"});
  const RepositoryState before = state();
  const auto files = contents_below(out());
  const Completed done = generate({"fs/reef"});
  EXPECT_EQ(done.exit_code, 2);
  EXPECT_THAT(done.err, HasSubstr("has moved"));
  expect_untouched(before);
  EXPECT_EQ(contents_below(out()), files);
  // Checked out, it is the user's as well.
  (void)git({"checkout", "-q", "-b", "topic"});
  EXPECT_EQ(generate({"fs/reef", "--branch", "topic"}).exit_code, 2);
}

TEST_F(Generate, WithoutAnIdentityNothingIsMade) {
  (void)git({"config", "--unset", "user.name"});
  const RepositoryState before = state();
  const Completed done = generate({"fs/cove"});
  EXPECT_EQ(done.exit_code, 2);
  EXPECT_THAT(done.err, AllOf(StartsWith("killify: "), HasSubstr("user.name")));
  expect_untouched(before);
  EXPECT_FALSE(fs::exists(out()));
}

TEST_F(Generate, ADirectoryThatIsNotKillifysIsKept) {
  write_text(out() / "notes", "mine\n");
  const RepositoryState before = state();
  EXPECT_EQ(generate({"fs/cove"}).exit_code, 2);
  expect_untouched(before);
  EXPECT_THAT(contents_below(out()), ElementsAre(std::pair("notes", "mine\n")));
  fs::remove(out() / "notes");
  ASSERT_TRUE(generate({"fs/cove"}).ok()) << "an empty one is as good as none";
  write_text(patches().front(), text_of(patches().front()) + "edited\n");
  const auto edited = contents_below(out());
  const Completed done = generate({"fs/cove"});
  EXPECT_EQ(done.exit_code, 2);
  EXPECT_THAT(done.err, HasSubstr("edited"));
  EXPECT_EQ(contents_below(out()), edited);
}

TEST_F(Generate, NothingToConvertIsSaid) {
  const RepositoryState before = state();
  const Completed done = generate({"fs/lagoon"});
  EXPECT_EQ(done.exit_code, 2);
  EXPECT_THAT(done.err, HasSubstr("nothing to convert"));
  expect_untouched(before);
  EXPECT_FALSE(fs::exists(out()));
}

TEST_F(Generate, GroupingDecidesWhatACommitHolds) {
  ASSERT_TRUE(generate({"fs", "--group=maintainers", "--branch", "by-people"}).ok());
  const auto people = manifest().at("commits").size();
  ASSERT_TRUE(generate({"fs", "--group=file"}).ok());
  const auto files = manifest();
  EXPECT_LT(people, files.at("commits").size());
  for (const auto& commit : files.at("commits")) EXPECT_THAT(commit.at("files"), SizeIs(1));
  EXPECT_EQ(git({"diff", "by-people", kBranch}), "") << "all the same changes";
}

// What ends the fault is in another file than the sleep there: one change, one commit.
TEST_F(Generate, ACommitHoldsASleepWithWhatEndsItsFault) {
  ASSERT_TRUE(generate({"drivers/gpu/drm/acacia", "--group=file"}).ok());
  const auto commits = manifest().at("commits");
  ASSERT_THAT(commits, SizeIs(1));
  EXPECT_THAT(commits[0].at("files"), SizeIs(2));
}

TEST_F(Generate, ItsResultHasNothingLeftToConvert) {
  ASSERT_TRUE(generate().ok());
  const auto before = manifest().at("left_out").size();
  const Completed done = killify({"--progress=none", "plan", "--format=json", "--rev", kBranch});
  ASSERT_TRUE(done.ok()) << done.err;
  const auto json = parsed(done.out);
  EXPECT_THAT(json.at("steps"), IsEmpty()) << json.at("steps").dump(1);
  EXPECT_EQ(json.at("left_out").size(), before);
}

// Cold caches, so a part of the tree only: spatch has to be asked all over again.
TEST(GenerateAnew, TheNumberOfWorkersDoesNotShow) {
  std::vector<std::map<std::string, std::string>> files;
  std::vector<std::string> tips;
  for (const std::string jobs : {"1", "2"}) {
    const MiniTree mini;
    const Completed done = mini.killify(
        {"--progress=none", "-j", jobs, "generate", "-o", mini.out().string(),
         "drivers/gpu/drm/hazel", "drivers/gpu/drm/rowan", "drivers/gpu/drm/ebony", "fs/reef"});
    ASSERT_TRUE(done.ok()) << done.err;
    files.push_back(contents_below(mini.out()));
    tips.push_back(mini.commit_id(kBranch));
    EXPECT_THAT(contents_below(mini.scratch()), IsEmpty());
  }
  EXPECT_EQ(tips[0], tips[1]);
  EXPECT_EQ(files[0], files[1]);
}

// What prove prints, of machines that came to no trial.
std::string proof_of(const std::string& base, const std::string& base_tree, const std::string& tip,
                     const std::string& tip_tree) {
  const auto kernel = [](const char* role, const std::string& commit, const std::string& tree) {
    return nlohmann::json{{"role", role},
                          {"release", "6.1.0"},
                          {"source", commit},
                          {"tree", tree},
                          {"configuration", "lean"},
                          {"missing", Words()},
                          {"unusable", Words()},
                          {"complaints", Words()},
                          {"trouble", ""},
                          {"tail", ""},
                          {"log", ""},
                          {"seconds", 1}};
  };
  const nlohmann::json proof{
      {"schema", "killify.prove/1"},
      {"of", "series"},
      {"verdict", "proven"},
      {"qemu", "QEMU 7.2"},
      {"accelerator", "tcg"},
      {"kernels", {kernel("before", base, base_tree), kernel("after", tip, tip_tree)}},
      {"paths",
       {{{"name", "bochs-drm: ttm_bo_vm_fault()"},
         {"harm", "spin"},
         {"driver", true},
         {"claimed", false},
         {"control", false},
         {"verdict", "proven"},
         {"reasons", Words()},
         {"before", Words()},
         {"after", Words()}}}},
      {"limits", {"one"}}};
  return proof.dump();
}

TEST_F(Generate, AProofOfThisSeriesGoesIntoTheCoverLetterAndTheReport) {
  ASSERT_TRUE(generate({"drivers/gpu/drm", "--patches=0"}).ok());
  const auto commits = manifest().at("commits");
  const std::string base = commit_id("HEAD");
  const std::string tip = commits.back().at("oid");
  const auto tree_of = [&](const std::string& commit) {
    return std::string(trim(git({"rev-parse", commit + "^{tree}"})));
  };
  const fs::path file = path() / "proof.json";
  write_text(file, proof_of(base, tree_of(base), tip, tree_of(tip)));
  const Completed done = generate({"drivers/gpu/drm", "--patches=0", "--proof", file.string()});
  ASSERT_TRUE(done.ok()) << done.err;
  EXPECT_EQ(manifest().at("commits"), commits);
  const std::string cover = text_of(out() / "0000-cover-letter.patch");
  // There is no room for it in the letter.
  EXPECT_THAT(cover, HasSubstr("is in proof.txt."));
  const std::string proof = text_of(out() / "proof.txt");
  // The verdict that the file claims does not count: there are no trials in it.
  EXPECT_THAT(proof, HasSubstr("bochs-drm: ttm_bo_vm_fault()\n"
                               "  before                -\n"
                               "  after                 -\n"
                               "  not judged\n"));
  EXPECT_THAT(proof, HasSubstr("The holder of the lock is artificial"));

  const Completed text = killify({"report", out().string(), "--proof", file.string()});
  EXPECT_TRUE(text.ok()) << text.err;
  EXPECT_THAT(text.out, HasSubstr("at run time: not judged"));
  EXPECT_THAT(text.out, HasSubstr(tip.substr(0, 12) + " "));
  const fs::path page = path() / "report.html";
  const Completed html =
      killify({"report", out().string(), "--proof", file.string(), "--html", page.string()});
  EXPECT_TRUE(html.ok()) << html.err;
  EXPECT_EQ(html.out, "");
  EXPECT_THAT(text_of(page), HasSubstr("bochs-drm: ttm_bo_vm_fault()"));

  write_text(file, proof_of(base, tree_of(base), base, tree_of(base)));
  const Completed other = generate({"drivers/gpu/drm", "--patches=0", "--proof", file.string()});
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.err, HasSubstr("proves another series"));
  EXPECT_EQ(text_of(out() / "0000-cover-letter.patch"), cover);
  EXPECT_EQ(killify({"report", out().string(), "--proof", file.string()}).exit_code, 2);
}

}  // namespace
}  // namespace killify::test
