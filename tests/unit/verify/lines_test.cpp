#include "verify/line_coverage.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view kSource =
    "/* about\n"          // 1
    " * it */\n"          // 2
    "#include \"a.h\"\n"  // 3
    "\n"                  // 4
    "#define TWICE(x) \\\n"
    "\t((x) + (x))\n"      // 6
    "#ifdef CONFIG_A\n"    // 7
    "int a;\n"             // 8
    "#elif 1 /* b */\n"    // 9
    "int b;\n"             // 10
    "#ifdef CONFIG_C\n"    // 11
    "int c; // c\n"        // 12
    "#endif\n"             // 13
    "#else\n"              // 14
    "int d;\n"             // 15
    "#endif\n"             // 16
    "char *e = \"/*\";\n"  // 17
    "int f = TWICE(\n"     // 18
    "\t2\n"                // 19
    ");\n";                // 20

ChangedCode everything() {
  ChangedCode code{"drivers/x.c", {}, shape_of(kSource)};
  for (int line = 1; line <= static_cast<int>(code.shape.lines.size()); ++line) {
    const LineKind kind = code.shape.line(line).kind;
    if (kind == LineKind::kCode || kind == LineKind::kDefine) code.lines.push_back(line);
  }
  return code;
}

TEST(SourceShape, TellsCodeFromWhatIsNone) {
  EXPECT_THAT(everything().lines, ElementsAre(5, 6, 8, 10, 12, 15, 17, 18, 19, 20));
  const SourceShape shape = shape_of(kSource);
  EXPECT_EQ(shape.line(6).macro, "TWICE");
  EXPECT_EQ(shape.line(6).starts, 5);
  EXPECT_EQ(shape.line(9).kind, LineKind::kConditional);
}

TEST(SourceShape, KnowsTheIfAroundALine) {
  const SourceShape shape = shape_of(kSource);
  EXPECT_EQ(shape.groups[shape.line(8).group].condition, "#ifdef CONFIG_A");
  EXPECT_EQ(shape.groups[shape.line(15).group].condition, "#else of #ifdef CONFIG_A (line 7)");
  const SourceGroup& inner = shape.groups[shape.line(12).group];
  EXPECT_EQ(inner.condition, "#ifdef CONFIG_C");
  EXPECT_EQ(shape.groups[inner.parent].condition, "#elif 1 of #ifdef CONFIG_A (line 7)");
  EXPECT_EQ(shape.line(17).group, 0U);
}

TEST(SourceShape, CommentsGoAndStringsStay) {
  EXPECT_EQ(without_comments("a /* b\nc */ d // e\nf"), "a     \n     d     \nf");
  EXPECT_EQ(without_comments("\"/*\" '\"' /**/ \"\\\"//\""), "\"/*\" '\"'      \"\\\"//\"");
  EXPECT_EQ(without_comments("#error don't\nint x; /* y */"), "#error don't\nint x;        ");
}

// What gcc -E -fdirectives-only makes of kSource with neither option, a.h being empty.
constexpr std::string_view kOutput =
    "# 0 \"/tree/drivers/x.c\"\n"
    "# 1 \"/tree/drivers/x.c\"\n"
    "/* about\n * it */\n"
    "# 1 \"/tree/drivers/a.h\" 1\n"
    "# 4 \"/tree/drivers/x.c\" 2\n"
    "\n"
    "#define TWICE(x) ((x) + (x))\n"
    "\n\n\n\n"
    "int b;\n"
    "\n\n\n\n\n\n"
    "char *e = \"/*\";\n"
    "int f = TWICE(\n\t2\n);\n";

Preprocessed preprocessed(std::string_view text) {
  return {text, "/tree", "/build"};
}

TEST(LineCoverage, ALineIsCompiledWhereItsGroupCameThrough) {
  const Preprocessed object = preprocessed(kOutput);
  const FileLines lines = lines_seen(everything(), {&object});
  EXPECT_THAT(lines.compiled, ElementsAre(5, 6, 10, 17, 18, 19, 20));
  ASSERT_THAT(lines.cut, SizeIs(3));
  EXPECT_EQ(lines.cut[0], (CutLine{8, "cut by #ifdef CONFIG_A (line 7)"}));
  EXPECT_EQ(lines.cut[1], (CutLine{12, "cut by #ifdef CONFIG_C (line 11)"}));
  EXPECT_EQ(lines.cut[2].line, 15);
}

TEST(LineCoverage, WhatOneObjectSeesIsCompiled) {
  const Preprocessed one = preprocessed(kOutput);
  const Preprocessed other =
      preprocessed("# 8 \"/tree/drivers/x.c\"\nint a;\n# 17 \"/tree/drivers/x.c\"\nint e;\n");
  const FileLines lines = lines_seen(everything(), {&one, &other});
  EXPECT_THAT(lines.compiled, ElementsAre(5, 6, 8, 10, 17, 18, 19, 20));
}

TEST(LineCoverage, AFileThatNobodyReadHasNoLines) {
  const Preprocessed object = preprocessed("# 1 \"/tree/drivers/y.c\"\nint y;\n");
  const FileLines lines = lines_seen(everything(), {&object});
  EXPECT_THAT(lines.compiled, IsEmpty());
  EXPECT_THAT(lines.cut, IsEmpty());
}

TEST(LineCoverage, AMacroCountsWhereItIsUsed) {
  const ChangedCode code{"a.h", {1}, shape_of("#define USED 1\n")};
  const auto seen = [&](std::string_view user) {
    const Preprocessed object =
        preprocessed("# 1 \"../tree/a.h\" 1\n#define USED 1\n# 2 \"x.c\" 2\n" + std::string(user));
    return lines_seen(code, {&object});
  };
  EXPECT_THAT(seen("int x = USED;\n").compiled, ElementsAre(1));
  EXPECT_THAT(seen("#define ALSO (USED)\n#define NOT_USED 1\nint x = ALSO;\n").compiled,
              ElementsAre(1));
  for (const char* no :
       {"int x;\n", "/* USED */\n", "int NOT_USED;\n", "#define ALSO (USED)\n", "#undef USED\n"}) {
    const FileLines lines = seen(no);
    EXPECT_THAT(lines.compiled, IsEmpty()) << no;
    ASSERT_THAT(lines.cut, SizeIs(1)) << no;
    EXPECT_THAT(lines.cut[0].why, HasSubstr("macro USED"));
  }
}

TEST(Patch, SaysWhichLinesAreNew) {
  const auto files = read_patch(
      "diff --git a/x.c b/x.c\nindex 1..2 100644\n--- a/x.c\n+++ b/x.c\n"
      "@@ -1,3 +1,4 @@ int f(void)\n a\n-b\n+B\n+C\n d\n"
      "@@ -10 +11,2 @@\n-++ j\n+--- k\n+l\n\\ No newline at end of file\n"
      "diff --git a/gone.c b/gone.c\n--- a/gone.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
      "diff --git a/new.h b/new.h\n--- /dev/null\n+++ b/new.h\n@@ -0,0 +1 @@\n+y\n");
  ASSERT_THAT(files, SizeIs(2));
  EXPECT_EQ(files[0].path, "x.c");
  ASSERT_THAT(files[0].hunks, SizeIs(2));
  EXPECT_THAT(files[0].hunks[0].added, ElementsAre(2, 3));
  EXPECT_THAT(files[0].hunks[1].added, ElementsAre(11, 12));
  EXPECT_EQ(files[1].path, "new.h");
  EXPECT_THAT(files[1].hunks[0].added, ElementsAre(1));
  EXPECT_EQ(hunk_behind(files, "x.c", 12), &files[0].hunks[1]);
  EXPECT_EQ(hunk_behind(files, "x.c", 9), &files[0].hunks[0]);
  EXPECT_EQ(hunk_behind(files, "other.c", 1), nullptr);
}

}  // namespace
}  // namespace killify
