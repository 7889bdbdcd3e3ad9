// --patch: anybody's semantic patch gets what the campaign gets.
#include "json_schema.h"
#include "support/killify_run.h"

#include <gmock/gmock.h>

#include <cstdlib>

namespace killify::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

// Renames a call, and has a report mode as the kernel's scripts have one.
const std::string kKillable =
    "/// Sleep killably\n"
    "///\n"
    "/// A signal is no reason to give up here.\n"
    "// Options: --no-includes\n"
    "virtual patch\n"
    "virtual report\n"
    "\n"
    "@depends on patch@\n"
    "expression e;\n"
    "@@\n"
    "- mutex_lock_interruptible(e)\n"
    "+ mutex_lock_killable(e)\n"
    "\n"
    "@r depends on report@\n"
    "expression e;\n"
    "position p;\n"
    "@@\n"
    "* mutex_lock_interruptible(e)@p\n"
    "\n"
    "@script:python depends on report@\n"
    "p << r.p;\n"
    "@@\n"
    "print(\"%s:%s: sleeps until a signal\" % (p[0].file, p[0].line))\n";

class Patch : public ::testing::Test, protected MiniTree {
 protected:
  Patch() { share_words(); }

  // What a semantic patch does is asked anew in each test.
  void share_words() const {
    const fs::path shared = test_cache() / "fixture";
    fs::create_directories(shared / "words");
    fs::create_directories(cache());
    fs::create_directory_symlink(shared / "words", cache() / "words");
  }
  [[nodiscard]] fs::path patch(const std::string& text = kKillable,
                               const std::string& name = "killable.cocci") const {
    write_text(path() / name, text);
    return path() / name;
  }
  [[nodiscard]] Completed with(const std::string& command, const fs::path& file, Words more = {},
                               const Environment& environment = {}) const {
    more.insert(more.begin(), {"--progress=none", command, "--patch", file.string()});
    return killify(more, environment);
  }
  // A spatch that does `instead` (a line of shell, or ":") before the real one.
  [[nodiscard]] Environment with_spatch(const std::string& instead) const {
    const fs::path fake = path() / "bin/spatch";
    write_text(fake, "#!/bin/sh\ncase \"$*\" in --version|--parse-cocci*) ;; *) " + instead +
                         " ;; esac\nexec " + find_program("spatch").string() + " \"$@\"\n");
    fs::permissions(fake, fs::perms::owner_all);
    return {{"PATH", (path() / "bin").string() + ":" + std::getenv("PATH")}};
  }
};

TEST_F(Patch, TheDiffIsWhatSpatchDoes) {
  const RepositoryState before = state();
  const Completed done = with("diff", patch(), {"drivers/gpu/drm"});
  ASSERT_TRUE(done.ok()) << done.err;
  EXPECT_THAT(done.err, HasSubstr("killable.cocci brings scripts along"));
  EXPECT_EQ(state(), before);
  // The same files, changed in place by spatch itself.
  const Completed spatch =
      run({"spatch", "--sp-file", patch().string(), "-D", "patch", "--no-includes", "--in-place",
           "--very-quiet", "--dir", "drivers/gpu/drm"},
          tree());
  ASSERT_TRUE(spatch.ok()) << spatch.err;
  write_text(path() / "home/.config/git/attributes", "*.c diff=cpp\n");
  EXPECT_EQ(done.out, git({"diff"}));
  EXPECT_THAT(done.out, AllOf(HasSubstr("+++ b/drivers/gpu/drm/walnut/walnut_gem.c"),
                              Not(HasSubstr("juniper.h"))));
}

TEST_F(Patch, TheResultDependsOnNothingElse) {
  const Completed one = with("diff", patch(), {"-j1"});
  const Completed kept = with("diff", patch(), {"-j3"}, with_spatch("exit 1"));
  EXPECT_EQ(kept.exit_code, 0) << kept.err;
  EXPECT_EQ(kept.out, one.out) << "from the cache";
  fs::remove(cache() / "patches.sqlite");
  EXPECT_EQ(with("diff", patch(), {"-j3"}).out, one.out);
  EXPECT_THAT(one.out, HasSubstr("+++ b/fs/"));
  // Another text is another question.
  std::string other = kKillable;
  other.replace(other.find("mutex_lock_killable"), 19, "mutex_lock_something");
  EXPECT_THAT(with("diff", patch(other)).out, HasSubstr("+\tret = mutex_lock_something("));
}

TEST_F(Patch, ReportModeIsWhatAuditShows) {
  const Completed done = with("audit", patch(), {"drivers/gpu/drm/walnut"});
  ASSERT_TRUE(done.ok()) << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("drivers/gpu/drm/walnut/walnut_gem.c:"),
                              HasSubstr(": sleeps until a signal\n"), HasSubstr(" in 1 file of ")));
  EXPECT_THAT(done.out, Not(HasSubstr(" out, ")));
  const auto json = parsed(with("audit", patch(), {"drivers/gpu/drm/walnut", "--format=json"}).out);
  EXPECT_EQ(JsonSchema("places").mismatch(json), "");
  EXPECT_EQ(json.at("looked_at"), 1);
  EXPECT_THAT(json.at("failed"), IsEmpty());
  // One without such a mode says where it would change what; so does one that is told to.
  const Completed places = with("audit", patch(), {"-D", "patch", "drivers/gpu/drm/walnut"});
  EXPECT_THAT(places.out, HasSubstr(": 1 line out, 1 in\n"));
}

TEST_F(Patch, EachDriverGetsACommitThatIsVerified) {
  const Completed plan = with("plan", patch(), {"--format=json", "drivers/gpu/drm"});
  ASSERT_TRUE(plan.ok()) << plan.err;
  const auto steps = parsed(plan.out);
  EXPECT_EQ(JsonSchema("plan").mismatch(steps), "");
  EXPECT_EQ(steps.at("steps").at(0).at("kind"), "apply");

  const Completed done = with("generate", patch(), {"-o", out().string(), "drivers/gpu/drm"});
  ASSERT_TRUE(done.ok()) << done.err;
  const auto manifest = parsed(text_of(out() / "manifest.json"));
  EXPECT_EQ(JsonSchema("manifest").mismatch(manifest), "");
  EXPECT_EQ(manifest.at("branch"), "killify/killable/v1");
  EXPECT_EQ(manifest.at("commits").size(), steps.at("steps").size());
  const std::string message = git({"log", "-1", "--format=%B", "killify/killable/v1"});
  EXPECT_THAT(message,
              AllOf(HasSubstr(": Sleep killably\n\nA signal is no reason to give up here.\n\n"
                              "Made with Coccinelle and this semantic patch:\n\n  @depends on"),
                    HasSubstr("\nSigned-off-by: A. Tester <tester@example.org>\n")));
  EXPECT_THAT(message, Not(HasSubstr("fault")));
  const std::string cover = text_of(out() / "0000-cover-letter.patch");
  EXPECT_THAT(
      cover,
      AllOf(HasSubstr("] Sleep killably\n"),
            HasSubstr("\n  killify generate --patch=killable.cocci -o DIR drivers/gpu/drm\n"),
            HasSubstr("not built and not run yet"), Not(HasSubstr("fault"))));

  const Completed verified = killify(
      {"--progress=none", "verify", "--builds-only", "--config=x86_64-allmod", out().string()});
  EXPECT_THAT(verified.out, HasSubstr("drm/walnut: Sleep killably: good"));
  EXPECT_THAT(verified.out, Not(HasSubstr("failed")));

  // The mails are the branch.
  (void)git({"checkout", "-q", "-b", "mails"});
  std::vector<std::string> mails{"am", "-q"};
  for (const auto& commit : manifest.at("commits"))
    mails.push_back((out() / commit.at("patch").get<std::string>()).string());
  (void)git(mails);
  EXPECT_EQ(git({"rev-parse", "mails^{tree}"}), git({"rev-parse", "killify/killable/v1^{tree}"}));
}

TEST_F(Patch, WordsAreTheUsers) {
  std::string silent = kKillable;
  silent.erase(0, silent.find("// Options"));
  const Completed none =
      with("generate", patch(silent), {"-o", out().string(), "drivers/gpu/drm/walnut"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_THAT(none.err,
              HasSubstr("says nothing of itself: begin it with a line '/// What it does'"));
  const fs::path words = path() / "words.txt";
  write_text(words, "{prefix}: {summary} ({files})\n\nWe want {summary}.\n");
  const Completed done = with("generate", patch(silent),
                              {"-o", out().string(), "--subject", "Killable sleeps.", "--message",
                               words.string(), "drivers/gpu/drm/walnut"});
  ASSERT_TRUE(done.ok()) << done.err;
  EXPECT_THAT(
      git({"log", "-1", "--format=%B", "killify/killable/v1"}),
      StartsWith("drm/walnut: Killable sleeps (walnut_gem.c)\n\nWe want Killable sleeps.\n\n"
                 "Signed-off-by: "));
  const Completed wide = with("generate", patch(kKillable, "wide.cocci"),
                              {"-o", (path() / "wide").string(), "--subject", std::string(80, 'x'),
                               "drivers/gpu/drm/walnut"});
  EXPECT_EQ(wide.exit_code, 2);
  EXPECT_THAT(wide.err, HasSubstr("is too long for a subject of 75 columns"));
}

TEST_F(Patch, AHeaderThatAFileIncludesIsChangedOnce) {
  write_text(tree() / "drivers/misc/lead/both.h", "int both(int a);\n");
  for (const std::string name : {"one", "two"})
    write_text(tree() / ("drivers/misc/lead/" + name + ".c"),
               "#include \"both.h\"\nint " + name + "(int a)\n{\n\treturn both(a);\n}\n");
  (void)git({"add", "-A"});
  (void)git({"commit", "-q", "-m", "Two files"});
  const fs::path rule = patch(
      "/// Name it\n@@\nexpression a;\n@@\n- both(a)\n+ either(a)\n"
      "@@\n@@\nint\n- both\n+ either\n (...);\n");
  const Completed done = with("diff", rule, {"--spflags=--local-includes", "drivers/misc/lead"});
  ASSERT_TRUE(done.ok()) << done.err;
  EXPECT_THAT(done.out,
              AllOf(HasSubstr("+int either(int a);"), HasSubstr("b/drivers/misc/lead/one.c"),
                    HasSubstr("b/drivers/misc/lead/two.c")));
  EXPECT_THAT(with("diff", rule, {"drivers/misc/lead"}).out,
              Not(HasSubstr("b/drivers/misc/lead/both.h")));
}

TEST_F(Patch, WhatOneFileDoesToSpatchDoesNotTouchTheOthers) {
  // Fails where the one file is among those that it is given.
  const std::string instead =
      "for word; do [ -f \"$word\" ] && grep -q 'walnut_gem.c' \"$word\" && exit 3; done";
  const Completed done = with("diff", patch(), {"drivers/gpu/drm"}, with_spatch(instead));
  EXPECT_EQ(done.exit_code, 3);
  EXPECT_THAT(done.err, HasSubstr("1 file could not be looked at, so this result is not whole; the "
                                  "first: drivers/gpu/drm/walnut/walnut_gem.c: spatch: exit "
                                  "status 3"));
  EXPECT_THAT(done.out,
              AllOf(HasSubstr("b/drivers/gpu/drm/aspen/aspen_gem.c"), Not(HasSubstr("walnut"))));
  // It is asked again the next time.
  EXPECT_THAT(with("diff", patch(), {"drivers/gpu/drm"}).out, HasSubstr("walnut_gem.c"));
}

TEST_F(Patch, OptionsInTheOldWayHideNothing) {
  std::string old = kKillable;
  const std::string options = "--no-includes";
  old.replace(old.find(options), options.size(), "-no_includes -no_show_diff -in_place");
  EXPECT_EQ(with("diff", patch(old), {"drivers/gpu/drm/walnut"}).out,
            with("diff", patch(kKillable, "new.cocci"), {"drivers/gpu/drm/walnut"}).out);
  EXPECT_EQ(with("diff", patch(old), {"--exit-code", "drivers/gpu/drm/walnut"}).exit_code, 1);
}

TEST_F(Patch, ASpatchThatDoesNothingIsNoAnswer) {
  const Completed done = with("diff", patch(), {"drivers/gpu/drm/walnut"}, with_spatch("exit 0"));
  EXPECT_EQ(done.exit_code, 3);
  EXPECT_THAT(done.err, HasSubstr("it ended well and did not look at the file"));
  EXPECT_THAT(done.out, IsEmpty());
  EXPECT_EQ(with("diff", patch(), {"--exit-code", "drivers/gpu/drm/walnut"}).exit_code, 1);
}

TEST_F(Patch, ANameThatAShellWouldReadIsNotHandedOn) {
  const fs::path sentinel = path() / "sentinel";
  const std::string name = "$(touch " + sentinel.filename().string() + ").c";
  write_text(tree() / "drivers/misc/lead" / name,
             "int f(void *l)\n{\n\treturn mutex_lock_interruptible(l);\n}\n");
  (void)git({"add", "-A"});
  (void)git({"commit", "-q", "-m", "A name"});
  const Completed done = with("diff", patch(), {"drivers/misc/lead"});
  EXPECT_EQ(done.exit_code, 3);
  EXPECT_THAT(done.err, HasSubstr("its name is no plain one, and spatch hands names to a shell"));
  EXPECT_FALSE(fs::exists(tree() / sentinel.filename()));
  EXPECT_FALSE(fs::exists(sentinel));
}

TEST_F(Patch, NorIsThatOfAHeader) {
  const std::string header = "$(touch sentinel).h";
  write_text(tree() / "drivers/misc/lead" / header, "int both(int a);\n");
  write_text(tree() / "drivers/misc/lead/one.c",
             "#include \"" + header + "\"\nint one(int a)\n{\n\treturn both(a);\n}\n");
  (void)git({"add", "-A"});
  (void)git({"commit", "-q", "-m", "A name"});
  const fs::path rule = patch(
      "/// Name it\n@@\nexpression a;\n@@\n- both(a)\n+ either(a)\n"
      "@@\n@@\nint\n- both\n+ either\n (...);\n");
  const Completed done = with("diff", rule, {"--spflags=--local-includes", "drivers/misc/lead"});
  EXPECT_THAT(done.out, HasSubstr("b/drivers/misc/lead/one.c"));
  for (const auto& entry : fs::recursive_directory_iterator(path()))
    EXPECT_NE(entry.path().filename(), "sentinel") << entry.path();
  EXPECT_FALSE(fs::exists("sentinel"));
}

TEST_F(Patch, AnotherMacroFileIsAnotherQuestion) {
  const fs::path macros = path() / "macros.h";
  write_text(macros, "#define ours YACFE_ITERATOR\n");
  const Words with_macros = {"--macro-file", macros.string(), "drivers/gpu/drm/walnut"};
  ASSERT_TRUE(with("diff", patch(), with_macros).ok());
  EXPECT_EQ(with("diff", patch(), with_macros, with_spatch("exit 1")).exit_code, 0);
  write_text(macros, "#define theirs YACFE_ITERATOR\n");
  EXPECT_EQ(with("diff", patch(), with_macros, with_spatch("exit 1")).exit_code, 3);
}

TEST_F(Patch, BadInputIsToldWithItsRemedy) {
  const Completed syntax = with("diff", patch("@@\nexpression e;\n@@\n- f(e\n+ g(e)\n"));
  EXPECT_EQ(syntax.exit_code, 2);
  EXPECT_THAT(syntax.err, AllOf(HasSubstr("spatch does not understand it: "), HasSubstr("line 6")));
  const Completed owned = with("diff", patch(), {"--spflags=--dir x"});
  EXPECT_EQ(owned.exit_code, 2);
  EXPECT_THAT(owned.err, HasSubstr("--spflags: --dir: killify decides which files"));
  EXPECT_EQ(killify({"diff", "-D", "patch"}).exit_code, 2);
  const Completed nothing = with("generate", patch(), {"-o", out().string(), "scripts"});
  EXPECT_EQ(nothing.exit_code, 2);
  EXPECT_THAT(nothing.err, HasSubstr("changes nothing in scripts"));
  EXPECT_FALSE(fs::exists(out()));
}

}  // namespace
}  // namespace killify::test
