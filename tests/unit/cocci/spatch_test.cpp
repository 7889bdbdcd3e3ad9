#include "cocci/spatch.h"

#include "fake_spatch.h"
#include "support/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace killify {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

using SpatchTest = SpatchFixture;

TEST_F(SpatchTest, ATextIsTransformed) {
  const auto answer = run(kRename, "void f(void)\n{\n\told(); /* old() */\n}\n");
  EXPECT_EQ(answer.end, SpatchEnd::kDone);
  EXPECT_EQ(answer.text, "void f(void)\n{\n\tfresh(); /* old() */\n}\n");
  EXPECT_THAT(answer.lost, IsEmpty());
}

TEST_F(SpatchTest, BytesAndLineEndsStay) {
  const std::string latin = "/* J\xf6rg \xe9 */\nvoid f(void)\n{\n\tg(\"\xfc\");\n\told();\n}\n";
  auto expected = latin;
  expected.replace(expected.find("old"), 3, "fresh");
  EXPECT_EQ(run(kRename, latin).text, expected);
  const auto untouched = "void f(void)\r\n{\r\n\tg();\r\n}\r\n";
  EXPECT_EQ(run(kRename, untouched).text, untouched);
}

TEST_F(SpatchTest, FactsAreSortedAndGivenOnce) {
  const auto answer =
      run("@c@\nidentifier g;\nposition p;\n@@\ng@p()\n\n@script:python@\ng << c.g;\n@@\n"
          "import json\nprint(json.dumps({\"name\": str(g)}))\n",
          "void f(void)\n{\n\tz();\n\ta();\n\tz();\n}\n");
  ASSERT_EQ(answer.end, SpatchEnd::kDone) << answer.why;
  EXPECT_THAT(answer.facts.list(),
              ElementsAre(nlohmann::json{{"name", "a"}}, nlohmann::json{{"name", "z"}}));
}

TEST_F(SpatchTest, DefinesReachIt) {
  const std::string cocci = "@@\nidentifier virtual.fn;\n@@\n- fn()\n+ fresh()\n";
  const std::string source = "void f(void)\n{\n\told();\n}\n";
  EXPECT_EQ(run(cocci, source, {"fn=other"}).text, source);
  EXPECT_THAT(run(cocci, source, {"fn=old"}).text, HasSubstr("fresh()"));
}

TEST_F(SpatchTest, ABadSemanticPatchIsAFailureWithItsReason) {
  const auto answer = run("@@\n@@\n- old(\n", "void f(void)\n{\n}\n");
  EXPECT_EQ(answer.end, SpatchEnd::kFailed);
  EXPECT_THAT(answer.why, HasSubstr("dir/a.c: spatch with x.cocci: exit status"));
}

TEST_F(SpatchTest, LinesThatItLosesAreNamed) {
  const auto answer =
      run(kRename,
          "int a(void)\n{\n\treturn 0;\n}\n\nint b(void)\n{\n\tif (x) ) {\n\told();\n}"
          "\n\nint c(void)\n{\n\told();\n}\n");
  EXPECT_EQ(answer.end, SpatchEnd::kDone);
  ASSERT_THAT(answer.lost, SizeIs(1));
  EXPECT_LE(answer.lost[0].first, 8);
  EXPECT_GE(answer.lost[0].last, 9);
  EXPECT_LT(answer.lost[0].last, 14);
  EXPECT_THAT(answer.text, HasSubstr("int c(void)\n{\n\tfresh();"));
}

TEST_F(SpatchTest, LinesLostAtTheEndReachTheEnd) {
  const std::string source =
      "int a(void)\n{\n\treturn 0;\n}\n\nint b(void)\n{\n\tif (x) {\n\told();\n";
  const auto answer = run(kRename, source);
  ASSERT_THAT(answer.lost, SizeIs(1));
  EXPECT_LE(answer.lost[0].first, 8);
  EXPECT_GE(answer.lost[0].last, 9);
}

TEST_F(SpatchTest, AHangIsATimeout) {
  fake("sleep 600");
  auto spatch = Spatch::find(scratch_.path() / "scratch").value();
  EXPECT_EQ(spatch.version(), "9.9");
  spatch.set_deadline(std::chrono::milliseconds(50));
  const auto answer = spatch.run(patch(kRename), {}, {"dir/a.c", "int x;\n"}).value();
  EXPECT_EQ(answer.end, SpatchEnd::kTimedOut);
  EXPECT_THAT(answer.why, HasSubstr("dir/a.c: spatch with x.cocci: no end within"));
}

TEST_F(SpatchTest, ACrashIsAFailure) {
  fake("kill -SEGV $$");
  const auto answer = run(kRename, "int x;\n");
  EXPECT_EQ(answer.end, SpatchEnd::kFailed);
  EXPECT_THAT(answer.why, HasSubstr("killed by signal 11"));
}

TEST_F(SpatchTest, WhatLooksLikeAFactAndIsNoneIsAFailure) {
  fake("whole '{\"fact\": '");
  const auto answer = run(kRename, "int x;\n");
  EXPECT_EQ(answer.end, SpatchEnd::kFailed);
  EXPECT_THAT(answer.why, HasSubstr("not JSON: {\"fact\":"));
}

// spatch hands names to a shell, and so would the shell of a make.
TEST_F(SpatchTest, ANameOfTheTreeReachesNoCommandLine) {
  fake("echo \"$*\" >> " + (scratch_.path() / "said").string() + "; whole");
  const auto spatch = Spatch::find(scratch_.path() / "scratch").value();
  for (const char* name : {"dir/$(sentinel).c", "dir/`sentinel`.c", "dir/a;sentinel;.c",
                           "dir/a.c;sentinel", "dir/a.h && sentinel", "-sentinel.c"}) {
    const SourceText source{name, "int x;\n"};
    const auto answer = spatch.run(patch(kRename), {}, source).value();
    EXPECT_EQ(answer.why, "") << name;
    (void)spatch.run_together(patch(kRename), {}, {&source, &source}).value();
  }
  EXPECT_THAT(read_file(scratch_.path() / "said").value(), Not(HasSubstr("sentinel")));
}

// The cache may be anywhere.
TEST_F(SpatchTest, NorDoesTheNameOfTheCache) {
  const auto spatch = Spatch::find(scratch_.path() / "scratch $(touch sentinel)").value();
  const auto answer =
      spatch.run(patch(kRename), {}, {"a.c", "void f(void)\n{\n\told();\n}\n"}).value();
  EXPECT_EQ(answer.why, "");
  EXPECT_THAT(answer.text, HasSubstr("fresh()"));
  EXPECT_FALSE(std::filesystem::exists(patches() / "sentinel"));
}

TEST_F(SpatchTest, BytesThatAreNoUtf8ReachARuleAndComeBack) {
  const auto answer =
      run("@r@\nexpression E;\n@@\nold(E)\n\n@script:python@\ne << r.E;\n@@\n"
          "import json\nprint(json.dumps({\"fact\": e}))\n\n@@\n@@\n- old\n+ fresh\n  (...)\n",
          "/* \xe4 */\nvoid f(void)\n{\n\told(\"\xe9 \xc3\xa9\");\n}\n");
  EXPECT_EQ(answer.why, "");
  EXPECT_EQ(answer.text, "/* \xe4 */\nvoid f(void)\n{\n\tfresh(\"\xe9 \xc3\xa9\");\n}\n");
  EXPECT_THAT(answer.facts.list(), SizeIs(1));
}

TEST_F(SpatchTest, WithoutItTheRemedyIsSaid) {
  setenv("PATH", scratch_.path().c_str(), 1);
  const auto spatch = Spatch::find(scratch_.path());
  ASSERT_FALSE(spatch);
  EXPECT_THAT(spatch.error().message, HasSubstr("apt-get install coccinelle"));
}

TEST_F(SpatchTest, TheTextsOfOneRunAreGoneAfterIt) {
  run(kRename, "int x;\n");
  EXPECT_TRUE(std::filesystem::is_empty(scratch_.path() / "scratch"));
}

TEST_F(SpatchTest, ASemanticPatchSaysWhatItDoes) {
  const auto loaded = patch("// SPDX\n/// Do this\n/// and that.\n@@\n@@\n- a\n+ b\n");
  EXPECT_EQ(loaded.summary, "Do this and that.");
  EXPECT_EQ(loaded.sha256.size(), 64U);
  EXPECT_TRUE(loaded.includes.empty());
  EXPECT_FALSE(load_semantic_patch(patches(), "none.cocci"));
}

TEST_F(SpatchTest, ASemanticPatchIsReadWithWhatItIncludes) {
  include("a.cocci", "#include \"include/b.cocci\"\n\n@initialize:python@\n@@\nimport re\n");
  include("b.cocci", "@initialize:python@\n@@\nimport json\n");
  const auto loaded = patch(std::string("/// Do this.\n#include \"include/a.cocci\"\n\n") +
                            kRename + "#include \"code.h\"\n");
  EXPECT_THAT(loaded.includes, ElementsAre(Pair("include/a.cocci", SizeIs(64)),
                                           Pair("include/b.cocci", SizeIs(64))));
  std::filesystem::remove(patches() / "include" / "b.cocci");
  const auto broken = load_semantic_patch(patches(), "x.cocci");
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error().message, HasSubstr("include/b.cocci"));
}

TEST_F(SpatchTest, WhatIsIncludedIsFoundWhereverOneIs) {
  include("names.cocci", "@initialize:python@\n@@\nimport json\nwhat = \"call\"\n");
  const auto answer =
      run("#include \"include/names.cocci\"\n\n@c@\nposition p;\n@@\nold@p()\n\n@script:python@\n"
          "p << c.p;\n@@\nprint(json.dumps({\"fact\": what}))\n",
          "void f(void)\n{\n\told();\n}\n");
  EXPECT_EQ(answer.why, "");
  EXPECT_THAT(answer.facts.list(), ElementsAre(nlohmann::json{{"fact", "call"}}));
}

// Prints where `old` is called, and says of which file.
constexpr const char* kWhere = R"(@c@
position p;
@@
old@p()

@script:python@
p << c.p;
@@
import json
print(json.dumps({"line": int(p[0].line), "file": p[0].file}))
)";

class ManyTextsTest : public SpatchFixture {
 protected:
  std::vector<std::optional<SpatchAnswer>> run_together(const std::string& cocci,
                                                        const std::vector<SourceText>& sources) {
    const auto spatch = Spatch::find(scratch_.path() / "scratch").value();
    std::vector<const SourceText*> asked;
    for (const auto& source : sources) asked.push_back(&source);
    return spatch.run_together(patch(cocci), {}, asked).value();
  }
};

TEST_F(ManyTextsTest, EachGetsWhatItWouldGetAlone) {
  const std::vector<SourceText> sources = {
      {"a/x.c", "void f(void)\n{\n\told();\n}\n"},
      {"b/x.c", "int b(void)\n{\n\tif (x) ) {\n\told();\n}\n\nint c(void)\n{\n\told();\n}\n"},
      {"c/x.c", "void f(void)\n{\n}\n"},
      {"d/x.h", "static inline void f(void)\n{\n\n\told();\n}\n"},
      {"e/x.c", "int b(void)\n{\n\tif (x) {\n\told();\n"}};
  const auto spatch = Spatch::find(scratch_.path() / "scratch").value();
  for (const auto* cocci : {kWhere, kRename}) {
    const auto together = run_together(cocci, sources);
    ASSERT_THAT(together, SizeIs(sources.size()));
    for (std::size_t i = 0; i < sources.size(); ++i) {
      const auto alone = spatch.run(patch(cocci), {}, sources[i]).value();
      ASSERT_TRUE(together[i]) << sources[i].path;
      EXPECT_EQ(together[i]->facts.list(), alone.facts.list()) << sources[i].path;
      EXPECT_EQ(together[i]->text, alone.text) << sources[i].path;
      EXPECT_EQ(together[i]->lost, alone.lost) << sources[i].path;
    }
    EXPECT_THAT(together[1]->lost, SizeIs(1));
    EXPECT_THAT(together[3]->lost, IsEmpty());
  }
}

TEST_F(ManyTextsTest, WhatOneOfThemBindsIsNotSeenByTheNext) {
  const auto together = run_together(
      "@a@\n@@\nfirst()\n\n@depends on a@\n@@\n- old()\n+ fresh()\n",
      {{"a.c", "void f(void)\n{\n\tfirst();\n}\n"}, {"b.c", "void f(void)\n{\n\told();\n}\n"}});
  ASSERT_TRUE(together[1]);
  EXPECT_THAT(together[1]->text, HasSubstr("old()"));
}

TEST_F(ManyTextsTest, ARuleThatFailsCostsThatTextOnly) {
  const auto together = run_together(
      "@c@\nidentifier g;\n@@\ng()\n\n@script:python@\ng << c.g;\n@@\n"
      "if g == \"bad\":\n\traise ValueError(g)\n",
      {{"a.c", "void f(void)\n{\n\tgood();\n}\n"}, {"b.c", "void f(void)\n{\n\tbad();\n}\n"}});
  EXPECT_TRUE(together[0]);
  EXPECT_FALSE(together[1]);
}

TEST_F(ManyTextsTest, AFactThatDoesNotSayItsFileIsNobodys) {
  const auto together = run_together(
      "@c@\nposition p;\n@@\nold@p()\n\n@script:python@\np << c.p;\n@@\n"
      "print(\"{}\")\n",
      {{"a.c", "void f(void)\n{\n\told();\n}\n"}, {"b.c", "int x;\n"}});
  EXPECT_FALSE(together[0]);
  EXPECT_FALSE(together[1]);
}

TEST_F(ManyTextsTest, ACrashLeavesAllWithoutAnAnswer) {
  fake("kill -SEGV $$");
  const auto together = run_together(kRename, {{"a.c", "int x;\n"}, {"b.c", "int y;\n"}});
  ASSERT_THAT(together, SizeIs(2));
  EXPECT_FALSE(together[0]);
  EXPECT_FALSE(together[1]);
}

TEST(LostLines, AreReadFromTheDiagnostics) {
  EXPECT_THAT(lost_lines("", 10), IsEmpty());
  EXPECT_THAT(lost_lines("ERROR-RECOV: found sync '}' at line 9\nbadcount: 4\n", 20),
              ElementsAre(LineRange{6, 9}));
  EXPECT_THAT(lost_lines("ERROR-RECOV: found sync col 0 at line 7\nbadcount: 2\n", 20),
              ElementsAre(LineRange{5, 6}));
  EXPECT_THAT(lost_lines("ERROR-RECOV: end of file while in recovery mode\nbadcount: 3\n", 20),
              ElementsAre(LineRange{18, 20}));
  EXPECT_THAT(lost_lines("ERROR-RECOV: found sync '}' at line 90\nbadcount: 10\n"
                         "ERROR-RECOV: found sync '}' at line 3\nbadcount: 30\n",
                         100),
              ElementsAre(LineRange{1, 3}, LineRange{81, 90}));
}

}  // namespace
}  // namespace killify
