// Trees and users that are a little different: changes not committed, a kernel below the top, names
// of which git drops something, files with CR LF.
#include "support/killify_run.h"

#include <gmock/gmock.h>

namespace killify::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Tree : public ::testing::Test, protected MiniTree {
 protected:
  Tree() { share_answers(); }

  // What `git am` makes of the patches, in a clone of the base.
  [[nodiscard]] fs::path applied(const Words& options = {}) const {
    const fs::path clone = path() / "clone";
    (void)git({"clone", "-q", "--branch", "main", tree().string(), clone.string()}, path());
    (void)git({"config", "user.name", "Somebody Else"}, clone);
    (void)git({"config", "user.email", "else@example.org"}, clone);
    Words am = {"am", "-q"};
    am.insert(am.end(), options.begin(), options.end());
    for (const auto& [name, text] : contents_below(out()))
      if (name.ends_with(".patch") && !name.starts_with("0000-"))
        am.push_back((out() / name).string());
    (void)git(am, clone);
    return clone;
  }
};

TEST_F(Tree, ChangesThatAreNotCommittedAreMentionedOnce) {
  const Words audit = {"--progress=plain", "audit", "fs/cove"};
  const std::string note = "note: the work tree has changes (fs/cove/file.c); HEAD is looked at";
  EXPECT_THAT(killify(audit).err, Not(HasSubstr("note: the work tree")));
  write_text(tree() / "fs/cove/file.c", "half written\n");
  const std::string said = killify(audit).err;
  EXPECT_THAT(said, HasSubstr(note));
  EXPECT_EQ(said.find(note), said.rfind(note));
  EXPECT_THAT(killify({"--progress=plain", "audit", "--rev", "v6.1.0-mini", "fs/cove"}).err,
              Not(HasSubstr("note: the work tree")));
}

TEST_F(Tree, APartialCloneIsAuditedAsTheWholeTree) {
  (void)git({"config", "uploadpack.allowFilter", "true"});
  const auto clone = [&](const std::string& name) {
    (void)git({"clone", "-q", "--no-checkout", "--filter=blob:none", "file://" + tree().string(),
               (path() / name).string()},
              path());
    return path() / name;
  };
  const Words audit = {"--progress=plain", "audit", "--format=json"};
  const auto whole = parsed(killify(audit).out);
  fs::remove_all(cache() / "audits");
  fs::remove_all(cache() / "words");
  const Completed partial = Place::killify(audit, clone("partial"));
  EXPECT_EQ(partial.exit_code, 0) << partial.err;
  EXPECT_EQ(parsed(partial.out), whole);

  // Of one that cannot be had, the rest is looked at, and the file is named.
  const fs::path lacking = clone("lacking");
  (void)git({"cat-file", "--batch-check"}, lacking,
            git({"rev-parse", "HEAD:Makefile", "HEAD:drivers/gpu/drm/walnut/walnut_gem.c"}));
  fs::rename(tree(), path() / "elsewhere");
  const Completed rest = Place::killify(audit, lacking);
  fs::rename(path() / "elsewhere", tree());
  EXPECT_EQ(rest.exit_code, 0) << rest.err;
  EXPECT_THAT(rest.err, HasSubstr("which cannot be fetched from origin ("));
  const auto seen = parsed(rest.out);
  EXPECT_THAT(seen["coverage"]["unseen"].dump(), HasSubstr("that this partial clone lacks: "));
  EXPECT_EQ(seen["findings"].size(), 1U);
}

TEST_F(Tree, AKernelBelowTheTopOfItsRepositoryGetsARemedyThatWorks) {
  const fs::path whole = path() / "whole";
  fs::create_directories(whole);
  fs::copy(kMiniLinux, whole / "linux",
           fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  (void)git({"init", "-q"}, whole);
  (void)git({"add", "-A"}, whole);
  (void)git({"-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "-m", "All"},
            whole);
  for (const fs::path& from : {whole, whole / "linux"}) {
    const Completed done = Place::killify({"--progress=none", "plan"}, from);
    EXPECT_EQ(done.exit_code, 2);
    EXPECT_THAT(done.err, HasSubstr("HEAD has its kernel in linux/"));
    EXPECT_THAT(done.err, HasSubstr("killify import " + (whole / "linux").string() + " DEST"));
  }
  EXPECT_TRUE(
      Place::killify({"import", (whole / "linux").string(), (path() / "dest").string()}, path())
          .ok());
}

TEST_F(Tree, ANameOfWhichGitDropsSomethingIsTheSameEverywhere) {
  (void)git({"config", "user.name", "Zo\u00eb Nu\u00df, Jr."});
  const Completed done =
      killify({"--progress=none", "generate", "-o", out().string(), "drivers/gpu/drm/hazel"});
  ASSERT_TRUE(done.ok()) << done.err;
  const std::string expected = "Zo\u00eb Nu\u00df, Jr <tester@example.org>\n";
  const Words author = {"log", "-1", "--format=%an <%ae>", kBranch};
  const Words signer = {"log", "-1", "--format=%(trailers:key=Signed-off-by,valueonly,separator=)",
                        kBranch};
  EXPECT_EQ(git(author), expected);
  EXPECT_EQ(git(signer), expected);
  EXPECT_EQ(git({"log", "-1", "--format=%an <%ae>"}, applied()), expected);
}

TEST_F(Tree, WhatGitAmNeedsForCrLfIsSaid) {
  const fs::path file = tree() / "drivers/gpu/drm/hazel/hazel_gem.c";
  std::string text;
  for (const std::string& line : split_lines(text_of(file))) text += line + "\r\n";
  write_text(file, text);
  (void)git({"commit", "-q", "-a", "-m", "hazel: Come from elsewhere"});
  const Completed done = killify(
      {"--progress=none", "generate", "-o", out().string(), "drivers/gpu/drm/hazel", "fs/cove"});
  ASSERT_TRUE(done.ok()) << done.err;
  EXPECT_THAT(done.out, HasSubstr("1 patch has lines that end in CR LF"));
  std::size_t noted = 0;
  for (const auto& [name, mail] : contents_below(out())) {
    if (name.starts_with("0000-"))
      EXPECT_THAT(mail, HasSubstr("1 patch has lines that end in CR LF")) << name;
    else if (name.ends_with(".patch"))
      noted += mail.find("keeps only with --keep-cr") != std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(noted, 1U);
  EXPECT_EQ(git({"rev-parse", "HEAD^{tree}"}, applied({"--keep-cr"})),
            git({"rev-parse", kBranch + std::string("^{tree}")}));
}

TEST_F(Tree, TheNextStepAfterGenerateIsToVerify) {
  const Completed here = killify({"--progress=none", "generate", "-o", out().string(), "fs/cove"});
  ASSERT_TRUE(here.ok()) << here.err;
  EXPECT_EQ(split_lines(here.out).back(), "next: killify verify --config auto " + out().string());
  EXPECT_THAT(here.out, Not(HasSubstr("--keep-cr")));
  const Completed elsewhere = Place::killify(
      {"--progress=none", "-C", tree().string(), "generate", "-o", "a b", "fs/cove"}, path());
  ASSERT_TRUE(elsewhere.ok()) << elsewhere.err;
  EXPECT_EQ(split_lines(elsewhere.out).back(),
            "next: killify -C " + tree().string() + " verify --config auto 'a b'");
}

}  // namespace
}  // namespace killify::test
