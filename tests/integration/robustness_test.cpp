// What may happen to a run: an end at any moment, tools that fail, caches that are damaged, another
// run beside it.
#include "support/interrupted_run.h"
#include "support/killify_run.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <thread>

namespace killify::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const Words kPart = {"drivers/gpu/drm/hazel", "fs/cove", "fs/reef"};  // cold runs are dear

// What a run that nothing happens to makes of kPart.
struct Undisturbed {
  std::string tip;
  std::map<std::string, std::string> files;
};

class Robustness : public ::testing::Test, protected MiniTree {
 protected:
  [[nodiscard]] Words generating(Words paths = kPart) const {
    Words arguments = {"generate", "-o", out().string()};
    arguments.insert(arguments.end(), paths.begin(), paths.end());
    return arguments;
  }

  [[nodiscard]] static Undisturbed undisturbed() {
    const MiniTree other;
    other.share_answers();
    Words arguments = {"--progress=none", "generate", "-o", other.out().string()};
    arguments.insert(arguments.end(), kPart.begin(), kPart.end());
    const Completed done = other.killify(arguments);
    EXPECT_TRUE(done.ok()) << done.err;
    return {other.commit_id(kBranch), contents_below(other.out())};
  }

  // A second run succeeds, makes the very same, and leaves nothing of the first one about.
  void expect_recovery(const RepositoryState& before) const {
    const Undisturbed expected = undisturbed();
    const Completed done = killify(generating());
    ASSERT_TRUE(done.ok()) << done.err;
    EXPECT_EQ(commit_id(kBranch), expected.tip);
    EXPECT_EQ(contents_below(out()), expected.files);
    expect_no_temporaries();
    const RepositoryState after = state();
    EXPECT_EQ(after.head, before.head);
    EXPECT_EQ(after.index, before.index);
    EXPECT_EQ(after.files, before.files);
    (void)git({"fsck", "--strict"});
  }

  void expect_no_temporaries() const {
    std::error_code none;
    for (fs::recursive_directory_iterator entry(path(), none), end; entry != end; ++entry) {
      const std::string name = entry->path().filename().string();
      const bool left = name.starts_with(".killify-temporary");
      const bool locked = entry->path().extension() == ".lock" &&
                          entry->path().string().starts_with(tree().string());
      EXPECT_FALSE(left || locked) << entry->path();
    }
  }

  // Directories with a spatch that does `special` for texts in which `word` stands, and what the
  // real one does for all others. In `special`, $framed is the semantic patch.
  [[nodiscard]] Environment with_spatch(const std::string& word, const std::string& special) const {
    const fs::path fake = path() / "bin/spatch";
    const std::string real = find_program("spatch").string();
    write_text(fake,
               "#!/bin/sh\nreal=" + real +
                   "\nfor last; do [ \"$before\" = --sp-file ] && framed=$last; before=$last; "
                   "done\ncase \"$last\" in */groups) files=$(cat \"$last\") ;; *) "
                   "files=$last ;; esac\nif [ -n \"$framed\" ] && grep -q '" +
                   word + "' $files; then " + special + "; fi\nexec $real \"$@\"\n");
    fs::permissions(fake, fs::perms::owner_all);
    return {{"PATH", (path() / "bin").string() + ":" + std::getenv("PATH")}};
  }
};

bool begins(const std::string& line, const std::string& activity) {
  return line.find("\"begin\"") != std::string::npos && line.find(activity) != std::string::npos;
}

TEST_F(Robustness, KilledWhileItReadsFacts) {
  const RepositoryState before = state();
  const InterruptedRun run =
      run_until(with_cache(generating()), tree(), environment({{"TERM", "dumb"}}), SIGKILL,
                [](const std::string& line) { return line.starts_with("Reading fault handlers"); });
  ASSERT_TRUE(run.sent);
  EXPECT_EQ(run.signal, SIGKILL);
  EXPECT_EQ(state(), before);
  expect_recovery(before);
}

TEST_F(Robustness, KilledAnywhereInGenerate) {
  share_answers();
  const fs::path notes = path() / "killify-999999-notes";  // what the user keeps beside the output
  write_text(notes, "mine\n");
  const RepositoryState before = state();
  Words arguments = generating();
  arguments.insert(arguments.begin(), "--progress=json");
  // After each of its lines in turn, until it has no more: the last ones are while it commits.
  bool sent = true;
  std::size_t kills = 0;
  for (std::size_t nth = 1; sent; ++nth) {
    std::size_t lines = 0;
    const InterruptedRun run = run_until(with_cache(arguments), tree(), environment(), SIGKILL,
                                         [&](const std::string&) { return ++lines == nth; });
    sent = run.sent;
    kills += run.signal == SIGKILL ? 1 : 0;
    const RepositoryState now = state();
    EXPECT_EQ(now.head, before.head);
    EXPECT_EQ(now.index, before.index);
    EXPECT_EQ(now.files, before.files);
  }
  EXPECT_GT(kills, 3U);
  expect_recovery(before);
  EXPECT_EQ(text_of(notes), "mine\n");
}

TEST_F(Robustness, AnInterruptLeavesNothingBehind) {
  const RepositoryState before = state();
  Words arguments = generating();
  arguments.insert(arguments.begin(), "--progress=json");
  const InterruptedRun run =
      run_until(with_cache(arguments), tree(), environment(), SIGINT,
                [](const std::string& line) { return begins(line, "Reading fault handlers"); });
  ASSERT_TRUE(run.sent);
  EXPECT_EQ(run.exit_code, 130);
  EXPECT_EQ(run.lines.back(), "killify: interrupted");
  EXPECT_EQ(state(), before);
  EXPECT_FALSE(fs::exists(out()));
  expect_no_temporaries();
}

TEST_F(Robustness, WithoutSpatchItSaysWhatToInstall) {
  fs::create_directories(path() / "bin");
  for (const std::string program : {"git", "perl", "make", "gcc"})
    fs::create_symlink(find_program(program), path() / "bin" / program);
  const Completed done =
      killify({"--progress=none", "diff"}, {{"PATH", (path() / "bin").string()}});
  EXPECT_EQ(done.exit_code, 2);
  EXPECT_THAT(done.err, AllOf(StartsWith("killify: spatch: "), HasSubstr("coccinelle")));
  EXPECT_EQ(split_lines(done.err).size(), 1U) << done.err;
}

TEST_F(Robustness, ACrashOfSpatchCostsOneFile) {
  const Completed done = killify({"plan", "--format=json", "drivers/gpu/drm/hazel", "fs/cove"},
                                 with_spatch("hazel", "kill -SEGV $$"));
  EXPECT_EQ(done.exit_code, 3) << done.err;
  EXPECT_THAT(done.err, ContainsRegex("spatch gave no answer to [0-9]+ question.*hazel_gem.c"));
  const auto json = parsed(done.out);
  ASSERT_EQ(json.at("steps").size(), 1U);
  EXPECT_EQ(json.at("steps")[0].at("files")[0], "fs/cove/file.c");
  EXPECT_THAT(split_lines(done.err),
              Contains(AllOf(StartsWith("warning: drivers/gpu/drm/hazel/hazel_gem.c: "),
                             HasSubstr("killed by signal 11"))));
  // It is not remembered: a spatch that works is asked again.
  const Completed again =
      killify({"--progress=none", "diff", "--stat", "drivers/gpu/drm/hazel", "fs/cove"});
  EXPECT_THAT(again.out, AllOf(HasSubstr("hazel_gem.c"), HasSubstr("fs/cove/file.c")));
  expect_no_temporaries();
}

TEST_F(Robustness, ACrashInAConversionCostsOneDriver) {
  share_answers();  // the facts are known; the copy below has other texts
  const std::string hazel = "drivers/gpu/drm/hazel/hazel_gem.c";
  write_text(tree() / hazel, text_of(tree() / hazel) + "\n/* another text */\n");
  (void)git({"commit", "-q", "-a", "-m", "hazel: Say so"});
  const Environment crashing =
      with_spatch("hazel", "grep -q convert/ \"$framed\" && echo boom >&2 && exit 1");
  const Completed done = killify(
      {"--progress=none", "plan", "--format=json", "drivers/gpu/drm/hazel", "fs/cove"}, crashing);
  EXPECT_EQ(done.exit_code, 3) << done.err;
  const auto json = parsed(done.out);
  ASSERT_EQ(json.at("steps").size(), 1U);
  ASSERT_EQ(json.at("left_out").size(), 1U);
  EXPECT_THAT(json.at("left_out")[0].at("reason").get<std::string>(),
              AllOf(HasSubstr(hazel), HasSubstr("boom")));
}

// Whatever a broken spatch says: what it says is no answer, and not even kept as one.
TEST_F(Robustness, ABrokenSpatchIsNoCleanTree) {
  const Words audit = {"audit", "--fail-on=convert,thread", "fs/cove"};
  const std::vector<Words> commands = {audit, {"plan", "fs/cove"}, generating({"fs/cove"})};
  for (const std::string special :
       {"echo boom >&2; exit 1", "exit 0", "echo '{\"fact\": 1}'; exit 0",
        "$real \"$@\" | sed 's/\"line\": \\([0-9]*\\)/\"line\": \"\\1\"/'; exit 0"}) {
    const Environment broken = with_spatch("_fault", special);
    for (Words command : special == "exit 0" ? commands : std::vector<Words>{audit}) {
      command.insert(command.begin(), "--progress=none");
      const Completed done = killify(command, broken);
      EXPECT_EQ(done.exit_code, 3) << special << ": " << shell_quoted(command) << done.err;
      EXPECT_THAT(done.err, ContainsRegex("spatch gave no answer to [0-9]+ question")) << special;
      EXPECT_THAT(done.out, Not(HasSubstr("none of them"))) << special;
    }
  }
  EXPECT_FALSE(fs::exists(out()));
  const MiniTree other;
  other.share_answers();
  for (const Words& command : commands) {
    if (command.front() == "generate") continue;
    const Completed done = killify(command);
    const Completed expected = other.killify(command);
    EXPECT_EQ(done.exit_code, expected.exit_code) << done.err;
    EXPECT_EQ(done.out, expected.out);
  }
}

// The locale of who runs it, and the bytes of a comment.
TEST_F(Robustness, ALocaleMakesNoDifference) {
  const std::string file = "fs/cove/file.c";
  const std::string text = text_of(tree() / file);
  std::string diffs[2];
  for (const std::string bytes : {"\n/* \xc3\xa9 */\n", "\n/* \xe9 */\n"}) {
    write_text(tree() / file, text + bytes);
    (void)git({"commit", "-q", "-a", "-m", "cove: Say so"});
    for (int i = 0; i < 2; ++i) {
      const Completed done =
          killify({"--progress=none", "diff", "fs/cove"}, {{"LC_ALL", i == 0 ? "C" : "C.UTF-8"}});
      EXPECT_TRUE(done.ok()) << done.err;
      diffs[i] = done.out;
      fs::remove(cache() / "answers.sqlite");
    }
    EXPECT_THAT(diffs[0], HasSubstr("_killable("));
    EXPECT_EQ(diffs[0], diffs[1]);
  }
}

TEST_F(Robustness, AMatchIsSaidEvenIfNotAllIsKnown) {
  const Completed done = killify({"--progress=none", "audit", "--fail-on=convert,thread,review",
                                  "drivers/gpu/drm/hazel", "fs/cove"},
                                 with_spatch("hazel", "exit 1"));
  EXPECT_EQ(done.exit_code, 1) << done.err;
  EXPECT_THAT(done.err, HasSubstr("spatch gave no answer to"));
  EXPECT_THAT(done.out, HasSubstr("cove_page_mkwrite"));
}

TEST_F(Robustness, ADamagedCacheIsMadeAnew) {
  const Words diff = {"--progress=none", "diff", "fs/cove"};
  const Completed first = killify(diff);
  ASSERT_TRUE(first.ok()) << first.err;
  const fs::path answers = cache() / "answers.sqlite";
  const std::string good = text_of(answers);
  std::string noise(good.size(), '\0');
  for (std::size_t i = 0; i < noise.size(); ++i) noise[i] = static_cast<char>(i * 37 + i / 251);
  for (const std::string& bad : {good.substr(0, good.size() / 2), noise}) {
    write_text(answers, bad);
    const Completed done = killify(diff);
    EXPECT_TRUE(done.ok()) << done.err;
    EXPECT_EQ(done.out, first.out);
  }
  for (const auto& entry : fs::directory_iterator(cache() / "words")) {
    if (entry.path().extension() != ".words") continue;
    const std::string whole = text_of(entry.path());
    for (const std::size_t size : {std::size_t{0}, std::size_t{7}, whole.size() / 2}) {
      write_text(entry.path(), whole.substr(0, size));
      const Completed done = killify(diff);
      EXPECT_TRUE(done.ok()) << done.err;
      EXPECT_EQ(done.out, first.out) << size;
    }
    write_text(entry.path(), noise);
    EXPECT_EQ(killify(diff).out, first.out);
  }
}

TEST_F(Robustness, ADamagedWorkshopIsMadeAnew) {
  share_answers();
  ASSERT_TRUE(killify(generating()).ok());
  const std::string tip = commit_id(kBranch);
  for (const auto& [name, text] : contents_below(cache() / "trees"))
    if (name.ends_with("/HEAD") || name.ends_with("/config")) fs::remove(cache() / "trees" / name);
  const Completed done = killify(generating());
  EXPECT_TRUE(done.ok()) << done.err;
  EXPECT_EQ(commit_id(kBranch), tip);
}

TEST_F(Robustness, TwoRunsOnOneTreeAgree) {
  const Undisturbed expected = undisturbed();
  Words other = generating();
  other[2] = (path() / "out2").string();
  Completed second;
  std::thread beside([&] { second = killify(other); });
  const Completed first = killify(generating());
  beside.join();
  EXPECT_TRUE(first.ok()) << first.err;
  EXPECT_TRUE(second.ok()) << second.err;
  EXPECT_EQ(commit_id(kBranch), expected.tip);
  EXPECT_EQ(contents_below(out()), expected.files);
  EXPECT_EQ(contents_below(path() / "out2"), expected.files);
  expect_no_temporaries();
}

// Where nobody listens the exit status is the answer, and no file takes the place of a stream.
TEST_F(Robustness, StreamsMayBeClosedOrFull) {
  share_answers();
  const auto in_shell = [&](const std::string& redirected) {
    return run(
        {"sh", "-c",
         shell_quoted(with_cache({"--progress=none", "audit", "fs/cove"})) + " " + redirected},
        tree());
  };
  for (const std::string redirected : {">&-", ">/dev/full", "<&- >&- 2>&-", ">&- 2>/dev/full"})
    EXPECT_EQ(in_shell(redirected).exit_code, 2) << redirected;
  for (const std::string redirected : {"2>&-", "2>/dev/full", "<&-"}) {
    EXPECT_EQ(in_shell(redirected).exit_code, 0) << redirected;
    EXPECT_EQ(in_shell("-C /nonexistent " + redirected).exit_code, 2) << redirected;
  }
  EXPECT_THAT(in_shell(">/dev/full").err, HasSubstr("stdout: cannot be written: No space left"));
}

TEST_F(Robustness, NamesThatNoFileCanHaveAreErrors) {
  const std::string name(5000, 'a');
  fs::create_symlink("loop", path() / "loop");
  for (const Words& arguments : std::vector<Words>{{"-C", name, "audit"},
                                                   {"verify", name},
                                                   {"verify", (path() / "loop").string()},
                                                   {"prove", "--series", name},
                                                   {"report", name},
                                                   {"check", name},
                                                   {"audit", name},
                                                   {"audit", "--module", name},
                                                   {"import", name, "x"},
                                                   {"generate", "-o", name, "fs/cove"}}) {
    const Completed done = killify(arguments);
    EXPECT_EQ(done.exit_code, 2) << arguments.front() << done.err;
    EXPECT_THAT(done.err, HasSubstr("killify: ")) << arguments.front();
    EXPECT_LT(done.err.size(), 5000U);
  }
}

TEST_F(Robustness, AWorkingDirectoryThatIsGoneIsNone) {
  share_answers();
  const auto words =
      shell_quoted(with_cache({"--progress=none", "-C", tree().string(), "audit", "fs/cove"}));
  const Completed done =
      run({"sh", "-c", "mkdir gone && cd gone && rmdir ../gone && " + words}, path());
  EXPECT_EQ(done.exit_code, 0) << done.err;
}

TEST_F(Robustness, LittleStackAndNoHomeAreEnough) {
  share_answers();
  const auto words = shell_quoted(with_cache({"--progress=none", "audit", "fs/cove"}));
  const Completed small = run({"sh", "-c", "ulimit -s 64; " + words}, tree());
  EXPECT_EQ(small.exit_code, 0) << small.err;
  const MiniTree cold;
  const Completed homeless =
      cold.run({"env", "-u", "HOME", "sh", "-c",
                shell_quoted(cold.with_cache({"--progress=none", "audit", "fs/cove"}))},
               cold.tree());
  EXPECT_EQ(homeless.exit_code, 0) << homeless.err;
  EXPECT_EQ(homeless.out, small.out);
}

TEST_F(Robustness, APipeInTheCacheIsMadeAgain) {
  ASSERT_TRUE(killify({"--progress=none", "audit", "fs/cove"}).ok());
  std::size_t pipes = 0;
  for (const auto* folder : {"audits", "words"})
    for (const auto& file : fs::directory_iterator(cache() / folder)) {
      if (file.path().filename() == "lock") continue;
      fs::remove(file.path());
      ASSERT_EQ(mkfifo(file.path().c_str(), 0600), 0);
      ++pipes;
    }
  EXPECT_EQ(pipes, 2U);
  const Completed done = killify({"--progress=none", "audit", "fs/cove"});
  EXPECT_TRUE(done.ok()) << done.err;
  EXPECT_THAT(done.err,
              AllOf(ContainsRegex("audits/[^ ]*: damaged"), ContainsRegex("words/[^ ]*: damaged")));
  EXPECT_EQ(killify({"--progress=none", "audit", "fs/cove"}).err, "");
}

// A name of the tree's, a program's message and a field of a manifest are somebody else's.
TEST_F(Robustness, NothingOfOthersReachesATerminalRaw) {
  share_answers();
  const std::string where = "drivers/misc/beryl\033]0;owned\007";
  write_text(tree() / where / "a\u202e.c",
             "#include <linux/mm.h>\n#include <linux/mutex.h>\nstatic DEFINE_MUTEX(evil_lock);\n"
             "static vm_fault_t evil_fault(struct vm_fault *vmf)\n{\n"
             "\tif (mutex_lock_interruptible(&evil_lock))\n\t\treturn VM_FAULT_NOPAGE;\n"
             "\tmutex_unlock(&evil_lock);\n\treturn 0;\n}\n"
             "const struct vm_operations_struct evil_ops = {.fault = evil_fault};\n");
  (void)git({"add", "."});
  (void)git({"commit", "-q", "-m", "Evil"});
  for (const Words& arguments :
       std::vector<Words>{{"--progress=plain", "audit", where},
                          {"--progress=plain", "explain", "evil_fault", where},
                          {"--progress=plain", "plan", where},
                          {"diff", "--stat", where},
                          {"audit", "no\033[2Jwhere"}}) {
    const Completed done = killify(arguments);
    for (const std::string& text : {done.out, done.err}) {
      EXPECT_EQ(text.find('\033'), text.npos) << arguments.at(1);
      EXPECT_EQ(text.find('\007'), text.npos) << arguments.at(1);
      EXPECT_EQ(text.find("\u202e"), text.npos) << arguments.at(1);
    }
    EXPECT_THAT(done.out + done.err, HasSubstr("\\x1b")) << arguments.at(1);
  }
}

TEST_F(Robustness, AManifestsIdsAreIdsOrNothing) {
  ASSERT_TRUE(killify(generating({"fs/cove"})).ok());
  const fs::path file = out() / "manifest.json";
  const std::string good = text_of(file);
  const auto id = parsed(good).at("commits").at(0).at("oid").get<std::string>();
  for (const std::string bad : {"<script>alert(1)</script>/*xx", "--upload-pack=x", "", "HEAD"}) {
    std::string text = good;
    text.replace(text.find(id), id.size(), bad);
    write_text(file, text);
    const Completed done =
        killify({"report", out().string(), "--html", (path() / "p.html").string()});
    EXPECT_EQ(done.exit_code, 2);
    EXPECT_THAT(done.err, HasSubstr("'" + bad + "' is no commit's id"));
    EXPECT_FALSE(fs::exists(path() / "p.html"));
  }
}

}  // namespace
}  // namespace killify::test
