// `killify audit` on the small tree: its formats, its exit status, and its cache.
#include "json_schema.h"
#include "support/killify_run.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <future>
#include <set>
#include <tuple>

namespace killify::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

// A driver with a sleep in its handler, one that shares its sleep, one without.
const std::string kWalnut = "drivers/gpu/drm/walnut";
const std::string kAlder = "drivers/gpu/drm/alder";
const std::string kTin = "drivers/misc/tin";

class Auditing : public ::testing::Test, protected MiniTree {
 protected:
  Auditing() { share_answers(); }

  [[nodiscard]] Completed audit(Words arguments, const Words& global = {}) const {
    Words words = {"--progress=none"};
    words.insert(words.end(), global.begin(), global.end());
    words.emplace_back("audit");
    words.insert(words.end(), arguments.begin(), arguments.end());
    return killify(words);
  }

  [[nodiscard]] std::string good(const Words& arguments, const Words& global = {}) const {
    const Completed done = audit(arguments, global);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    EXPECT_EQ(done.err, "");
    return done.out;
  }

  void expect_refused(const Words& arguments, const std::string& part) const {
    const Completed done = audit(arguments);
    EXPECT_EQ(done.exit_code, 2) << shell_quoted(arguments);
    EXPECT_EQ(done.out, "");
    EXPECT_THAT(done.err, AllOf(StartsWith("killify: "), HasSubstr(part)));
    EXPECT_EQ(split_lines(done.err).size(), 1U) << done.err;
  }

  // The one file in the cache that holds an audit.
  [[nodiscard]] fs::path kept_audit() const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(cache() / "audits"))
      files.push_back(entry.path());
    EXPECT_THAT(files, SizeIs(1));
    return files.empty() ? fs::path() : files.front();
  }
};

TEST_F(Auditing, TheJsonFitsItsSchemaAndNamesEachRegistration) {
  const auto document = parsed(good({"--format=json"}));
  EXPECT_EQ(JsonSchema("audit").mismatch(document), "");
  EXPECT_EQ(document["tree"]["commit"], commit_id("HEAD"));
  EXPECT_EQ(document["tree"]["version"], "6.1.0-mini");

  std::set<std::string> registered;
  for (const auto& handler : document["handlers"]) {
    const std::string file = handler["registered_in"];
    const auto lines = split_lines(text_of(tree() / file));
    const auto line = handler["registered_line"].get<std::size_t>();
    ASSERT_THAT(lines, SizeIs(::testing::Ge(line)));
    registered.insert(handler["function"]);
  }
  for (const std::string name : {"walnut_fault", "alder_fault", "tin_fault", "rowan_pfn_mkwrite"})
    EXPECT_TRUE(registered.contains(name)) << name;
}

// What stands in the handler itself is beyond doubt.
TEST_F(Auditing, ASleepInTheHandlerIsFound) {
  const auto document = parsed(good({"--format=json", kWalnut}));
  ASSERT_THAT(document["findings"], SizeIs(1));
  const auto& finding = document["findings"][0];
  EXPECT_EQ(finding["handler"]["function"], "walnut_fault");
  EXPECT_EQ(finding["sink"]["name"], "mutex_lock_interruptible");
  EXPECT_EQ(finding["on_signal"], "VM_FAULT_NOPAGE");
  EXPECT_EQ(finding["verdict"], "convert");
  ASSERT_THAT(finding["chain"], SizeIs(1));
  const auto lines = split_lines(text_of(tree() / kWalnut / "walnut_gem.c"));
  EXPECT_THAT(lines.at(finding["sink"]["line"].get<std::size_t>() - 1),
              HasSubstr("mutex_lock_interruptible("));
}

TEST_F(Auditing, TheTextNamesDriverHandlerAndSleep) {
  const auto text = good({"--color=never", kWalnut, kAlder, kTin});
  const auto lines = split_lines(text);
  EXPECT_THAT(lines, Contains(kWalnut));
  EXPECT_THAT(lines, Contains(AllOf(HasSubstr("walnut_fault"), HasSubstr("VM_FAULT_NOPAGE"),
                                    HasSubstr("mutex_lock_interruptible (walnut_gem.c:"),
                                    HasSubstr("convert"))));
  EXPECT_THAT(lines, Contains(AllOf(HasSubstr("in alder_reserve (alder_gem.c:18)"),
                                    HasSubstr("thread"), HasSubstr("alder_ioctl()"))));
  EXPECT_THAT(lines, Contains(HasSubstr("3 registrations of 3 fault handlers in 3 drivers")));
  EXPECT_THAT(lines, Contains(StartsWith("Coverage: ")));
  EXPECT_THAT(text, Not(HasSubstr("tin_fault")));
  EXPECT_THAT(good({"--all", kTin}), HasSubstr("tin_fault"));
}

TEST_F(Auditing, SarifHasTheStructureOfTheStandard) {
  const auto document = parsed(good({"--format=sarif"}));
  EXPECT_EQ(JsonSchema("sarif-subset").mismatch(document), "");
  std::set<std::string> ids;
  const auto audited = parsed(good({"--format=json"}));
  for (const auto* kind : {"findings", "notes"})
    for (const auto& one : audited[kind]) ids.insert(one["id"]);
  ASSERT_THAT(audited["notes"], Not(IsEmpty()));
  EXPECT_THAT(document["runs"][0]["results"], SizeIs(ids.size()));
  for (const auto& result : document["runs"][0]["results"])
    EXPECT_TRUE(ids.contains(result["partialFingerprints"]["killifyFinding/v1"]));
  EXPECT_THAT(document.dump(), Not(HasSubstr(path().string()))) << "no path of this machine";
}

TEST_F(Auditing, TheGraphIsOfOneHandlerAndCanBeDrawn) {
  const auto graph = good({"--format=dot", "--handler", "alder_fault"});
  EXPECT_THAT(graph, AllOf(StartsWith("digraph \"alder_fault\" {"), HasSubstr("alder_reserve()"),
                           Not(HasSubstr("walnut"))));
  const Completed drawn = run({"dot", "-Tsvg"}, path(), graph);
  EXPECT_TRUE(drawn.ok()) << drawn.err;
  EXPECT_THAT(drawn.out, HasSubstr("mutex_lock_interruptible()"));
  EXPECT_THAT(good({"--format=dot", kWalnut}), HasSubstr("walnut_fault"));
  expect_refused({"--format=dot"}, "name one with --handler");
}

TEST_F(Auditing, FailOnIsAboutTheFindingsThatRemain) {
  EXPECT_EQ(audit({"--fail-on=convert", kWalnut}).exit_code, 1);
  EXPECT_EQ(audit({"--fail-on=thread,review", kWalnut}).exit_code, 0);
  EXPECT_EQ(audit({"--fail-on=convert,thread", kAlder}).exit_code, 1);
  EXPECT_EQ(audit({"--fail-on=convert,thread", kTin}).exit_code, 0);
  EXPECT_EQ(audit({"--fail-on=convert", "--handler", "alder_fault"}).exit_code, 0);
  const Completed failed = audit({"--fail-on", "convert", kWalnut});
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_THAT(failed.out, HasSubstr("walnut_fault")) << "the report comes all the same";
  EXPECT_EQ(failed.err, "");
}

TEST_F(Auditing, TheFirstScreenHasTenFindingsAndSaysHowToSeeTheRest) {
  const auto screen = split_lines(good({"--color=never"}));
  EXPECT_THAT(screen[0], HasSubstr("The 10 to look at first, of "));
  const auto rows = std::ranges::count_if(screen, [](const std::string& line) {
    const auto verdict = line.find(" convert ");
    return verdict != line.npos && line.find(".c:") < verdict;
  });
  EXPECT_EQ(rows, 10);
  EXPECT_THAT(screen, Contains(HasSubstr("--all, --verdict=VERDICT or --handler=NAME shows them")));
  const auto review = parsed(good({"--format=json", "--verdict=review,safe"}));
  std::set<std::string> verdicts;
  for (const auto& finding : review["findings"]) verdicts.insert(finding["verdict"]);
  EXPECT_EQ(verdicts, (std::set<std::string>{"review", "safe"}));
  EXPECT_THAT(good({"--verdict=review"}), Not(HasSubstr("to look at first")));
}

TEST_F(Auditing, AWaivedFindingNoLongerFailsAndIsSaid) {
  const auto file = path() / "waivers.yaml";
  write_text(file,
             "waivers:\n"
             "- {handler: walnut_fault, sink: mutex_lock_interruptible, reason: held briefly, by: "
             "A. Person}\n"
             "- {handler: nobody_fault, sink: mutex_lock_interruptible, reason: gone, by: me}\n");
  const Completed done =
      audit({"--fail-on=convert", "--waivers", file.string(), "--format=json", kWalnut});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  const auto document = parsed(done.out);
  EXPECT_EQ(JsonSchema("audit").mismatch(document), "");
  EXPECT_EQ(document["findings"][0]["waived"]["reason"], "held briefly");
  const Completed told =
      killify({"--progress=plain", "audit", "--waivers", file.string(), kWalnut});
  EXPECT_THAT(told.err, HasSubstr("waivers.yaml:3:3: this waiver matches no finding"));
  EXPECT_THAT(told.out, HasSubstr("1 more is waived"));
  const auto sarif = parsed(good({"--format=sarif", "--waivers", file.string(), kWalnut}));
  EXPECT_EQ(JsonSchema("sarif-subset").mismatch(sarif), "");
  EXPECT_EQ(sarif["runs"][0]["results"][0]["suppressions"][0]["kind"], "external");
  expect_refused({"--waivers", (path() / "none.yaml").string()}, "none.yaml");
}

TEST_F(Auditing, SinceSaysWhatIsNewAndWhatIsGone) {
  const auto old = path() / "old.json";
  EXPECT_EQ(good({"--format=json", "-o", old.string(), kWalnut}), "");
  EXPECT_THAT(good({"--since", old.string(), kWalnut}),
              HasSubstr(": 0 new, 0 gone, 1 unchanged\n"));
  const auto source = tree() / kWalnut / "walnut_gem.c";
  auto text = text_of(source);
  const std::string call = "err = mutex_lock_interruptible(";
  text.replace(text.find(call), call.size(), "err = mutex_lock_killable(");
  write_text(source, text);
  (void)git({"commit", "-q", "-a", "-s", "-m", "walnut: Sleep killably"});
  EXPECT_THAT(good({"--since", old.string(), kWalnut}),
              HasSubstr(": 0 new, 1 gone, 0 unchanged\n  gone: walnut_fault: "
                        "mutex_lock_interruptible() in walnut_fault() (convert)\n"));
  const auto document = parsed(good({"--format=json", "--since", "HEAD^", kWalnut}));
  EXPECT_EQ(JsonSchema("audit").mismatch(document), "");
  EXPECT_EQ(document["since"]["with"], "HEAD^");
  EXPECT_THAT(document["since"]["gone"], SizeIs(1));
  expect_refused({"--since", "v9.9", kWalnut}, "v9.9");
  expect_refused({"--since", source.string(), kWalnut}, "is no audit");
}

TEST_F(Auditing, WhatIsNotKnownGetsASuggestion) {
  expect_refused({"--fail-on=convert,thraed"}, "(did you mean 'thread'?)");
  expect_refused({"--format=sarfi"}, "(did you mean 'sarif'?)");
  expect_refused({"--handler", "walnut_falt"}, "(did you mean 'walnut_fault'?)");
  expect_refused({"drivers/gpu/drm/walnt"}, "(did you mean 'drivers/gpu/drm/walnut'?)");
  expect_refused({"--group=file"}, "unknown option '--group'");
}

TEST_F(Auditing, AFileTakesTheReport) {
  const auto file = path() / "reports" / "audit.json";
  EXPECT_EQ(good({"--format=json", "-o", file.string(), kWalnut}), "");
  EXPECT_EQ(text_of(file), good({"--format=json", kWalnut}));
  expect_refused({"-o", (tree() / "Makefile" / "x").string(), kWalnut}, "Makefile");
}

TEST_F(Auditing, AllRunsGiveTheSameBytes) {
  const auto first = good({"--format=json"}, {"-j", "1"});
  fs::remove_all(cache() / "audits");
  EXPECT_EQ(good({"--format=json"}, {"-j", "2"}), first);
  EXPECT_EQ(good({"--format=json"}), first) << "from the cache";
}

// From the cache no file of the tree is looked at, and so nothing is told of it.
TEST_F(Auditing, ASecondRunComesFromTheCache) {
  const Completed first = killify({"audit"});
  EXPECT_NE(first.err, "");
  fs::remove(cache() / "words");  // a link
  const Completed second = killify({"audit"});
  EXPECT_EQ(second.out, first.out);
  EXPECT_EQ(second.err, "");
  EXPECT_FALSE(fs::exists(cache() / "words"));
  const Completed explained = killify({"explain", "--no-plan", "walnut_fault"});
  EXPECT_TRUE(explained.ok());
  EXPECT_EQ(explained.err, "");
}

TEST_F(Auditing, ADamagedAuditInTheCacheIsMadeAgain) {
  const auto first = good({"--format=json"});
  const auto file = kept_audit();
  const auto bytes = text_of(file);
  for (const std::string& bad : {bytes.substr(0, bytes.size() / 2), std::string("not ours")}) {
    write_text(file, bad);
    const Completed done = audit({"--format=json"});
    EXPECT_EQ(done.exit_code, 0);
    EXPECT_EQ(done.out, first);
    EXPECT_EQ(text_of(file), bytes);
  }
}

TEST_F(Auditing, AChangedTreeIsAuditedAgain) {
  ASSERT_THAT(good({kWalnut}), HasSubstr("walnut_fault"));
  const auto file = tree() / kWalnut / "walnut_gem.c";
  auto text = text_of(file);
  const std::string before = "mutex_lock_interruptible";
  for (auto at = text.find(before); at != std::string::npos; at = text.find(before))
    text.replace(at, before.size(), "mutex_lock_killable");
  write_text(file, text);
  EXPECT_THAT(good({kWalnut}), HasSubstr("walnut_fault")) << "commits are audited, not files";
  (void)git({"commit", "-q", "-a", "-m", "Convert"});
  EXPECT_THAT(good({kWalnut}), Not(HasSubstr("walnut_fault ")));
  EXPECT_THAT(good({"--rev", "HEAD^", kWalnut}), HasSubstr("walnut_fault"));
}

// What generate has converted is none any more, and nothing else has become one.
TEST_F(Auditing, WhatWasConvertedIsNoFindingAnyMore) {
  using Site = std::tuple<std::string, std::string, std::string>;  // handler, file, primitive
  const auto sites_to_convert = [&](const Words& arguments) {
    std::set<Site> sites;
    const auto document = parsed(good(arguments));
    for (const auto& finding : document["findings"])
      if (finding["verdict"] == "convert")
        sites.emplace(finding["handler"]["function"], finding["sink"]["file"],
                      finding["sink"]["name"]);
    return sites;
  };
  const auto before = sites_to_convert({"--format=json"});
  const Completed made = killify({"--progress=none", "generate", "-o", out().string()});
  ASSERT_TRUE(made.ok()) << made.err;
  const auto manifest = parsed(text_of(out() / "manifest.json"));
  std::set<Site> left;
  for (const auto& one : manifest["left_out"])
    if (one["finding"]["verdict"] == "convert")
      left.emplace(one["finding"]["handler"]["function"], one["finding"]["sink"]["file"],
                   one["finding"]["sink"]["name"]);
  const std::string branch = manifest["branch"];
  EXPECT_GT(before.size(), left.size());
  EXPECT_EQ(sites_to_convert({"--format=json", "--rev", branch}), left);
}

TEST_F(Auditing, NothingOfTheUsersIsTouched) {
  const auto before = state();
  (void)good({"--format=sarif"});
  EXPECT_TRUE(state() == before);
}

// A spatch that writes down the texts that it is asked about, and asks the real one.
class CountedSpatch {
 public:
  explicit CountedSpatch(const fs::path& place) : directory_(place / "counted") {
    const std::string path = std::getenv("PATH");
    write_text(directory_ / "spatch", "#!/bin/sh\nlog=" + log().string() + R"(
take() { echo asked >> "$log"; cat "$1" >> "$log"; }
for word; do
	if [ "$before" = --file-groups ]; then
		for file in $(cat "$word"); do take "$file"; done
	fi
	case $word in *.c|*.h) take "$word" ;; esac
	before=$word
done
PATH=)" + path + " exec spatch \"$@\"\n");
    fs::permissions(directory_ / "spatch", fs::perms::owner_all);
    environment_ = {{"PATH", directory_.string() + ":" + path}};
  }
  [[nodiscard]] const Environment& environment() const { return environment_; }
  // What was asked since the last time.
  [[nodiscard]] std::string asked() const {
    std::string texts = fs::exists(log()) ? text_of(log()) : "";
    fs::remove(log());
    return texts;
  }

 private:
  [[nodiscard]] fs::path log() const { return directory_ / "log"; }

  fs::path directory_;
  Environment environment_;
};

// With caches of its own, cold at first.
class AuditingAnew : public ::testing::Test, protected MiniTree {
 protected:
  [[nodiscard]] std::string audit(const Environment& environment = {}) const {
    const Completed done = killify({"--progress=none", "audit", "--format=json"}, environment);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return done.out;
  }
  void forget_the_audit() const { fs::remove_all(cache() / "audits"); }
};

TEST_F(AuditingAnew, AChangedFileIsReadAlone) {
  const CountedSpatch spatch(path());
  const auto first = audit(spatch.environment());
  const auto all = spatch.asked();
  EXPECT_THAT(all, AllOf(HasSubstr("alder_fault("), HasSubstr("walnut_fault(")));

  forget_the_audit();
  EXPECT_EQ(audit(spatch.environment()), first);
  EXPECT_EQ(spatch.asked(), "") << "all of it is in the cache";

  const auto file = tree() / kWalnut / "walnut_gem.c";
  write_text(file, text_of(file) + "\nint walnut_more(void);\n");
  (void)git({"commit", "-q", "-a", "-m", "More"});
  (void)audit(spatch.environment());
  const auto more = spatch.asked();
  EXPECT_THAT(more, AllOf(HasSubstr("walnut_more("), Not(HasSubstr("alder_fault("))));
  // Once for what it binds, once for the functions that matter.
  std::size_t asked = 0;
  for (auto at = more.find("asked\n"); at != std::string::npos; at = more.find("asked\n", at + 1))
    ++asked;
  EXPECT_LE(asked, 2U) << more;
}

TEST_F(AuditingAnew, DamagedCachesAreMadeAgain) {
  const auto first = audit();
  std::vector<fs::path> files = {cache() / "answers.sqlite"};
  for (const auto& entry : fs::recursive_directory_iterator(cache() / "words"))
    if (entry.is_regular_file()) files.push_back(entry.path());
  ASSERT_GT(files.size(), 1U);
  for (const bool foreign : {false, true}) {
    for (const auto& file : files) {
      if (!fs::exists(file)) continue;  // made anew under another name
      const auto bytes = text_of(file);
      write_text(file, foreign ? "not ours\n" + bytes : bytes.substr(0, bytes.size() / 2));
    }
    forget_the_audit();
    EXPECT_EQ(audit(), first);
    forget_the_audit();
    EXPECT_EQ(audit(), first) << "from what was made again";
  }
}

TEST_F(AuditingAnew, TwoRunsAtOnceSayTheSame) {
  auto other = std::async(std::launch::async, [this] { return audit(); });
  const auto mine = audit();
  EXPECT_EQ(other.get(), mine);
  forget_the_audit();
  EXPECT_EQ(audit(), mine);
  EXPECT_THAT(contents_below(scratch()), IsEmpty());
}

}  // namespace
}  // namespace killify::test
