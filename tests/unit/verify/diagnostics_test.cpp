#include "verify/diagnostics.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST(MakeErrors, GiveEachTargetItsOwnFirstError) {
  const auto errors = read_make_errors(
      "/s/tree/drivers/a.c: In function 'f':\n"
      "/s/tree/drivers/a.c:7:3: error: first\n"
      "    7 | x();\n"
      "/s/tree/drivers/a.c:9:3: error: second\n"
      "cc1: all warnings being treated as errors\n"
      "make[4]: *** [/s/tree/scripts/Makefile.build:250: drivers/a.o] Error 1\n"
      "/s/tree/drivers/b.c:1:10: fatal error: no.h: No such file or directory\n"
      "compilation terminated.\n"
      "make[4]: *** [/s/tree/scripts/Makefile.build:250: drivers/b.o] Error 1\n"
      "make[3]: *** [/s/tree/scripts/Makefile.build:500: drivers] Error 2\n"
      "make: Target 'drivers/a.o' not remade because of errors.\n",
      {"/s/tree"});
  ASSERT_THAT(errors.by_target, SizeIs(2));
  const Diagnostic& a = errors.by_target.at("drivers/a.o");
  EXPECT_EQ(a.file, "drivers/a.c");
  EXPECT_EQ(a.line, 7);
  EXPECT_EQ(a.text, "first");
  EXPECT_EQ(a.block, "drivers/a.c: In function 'f':\ndrivers/a.c:7:3: error: first\n    7 | x();");
  EXPECT_EQ(errors.by_target.at("drivers/b.o").text, "no.h: No such file or directory");
  EXPECT_THAT(errors.environment, IsEmpty());
}

TEST(MakeErrors, AWarningBeforeTheErrorIsNotTheError) {
  const auto errors = read_make_errors(
      "a.c:2:1: warning: odd\n"
      "a.c:4:1: error: [-Werror=format=]\n"
      "make[2]: *** [Makefile:1: a.o] Error 1\n",
      {"/s"});
  EXPECT_EQ(errors.by_target.at("a.o").line, 4);
  EXPECT_THAT(errors.by_target.at("a.o").block, Not(HasSubstr("odd")));
}

TEST(MakeErrors, KeepTheLastLinesWhereNoCompilerSpoke) {
  const auto errors = read_make_errors(
      "a.o: warning: objtool: f() is odd\nobjtool: cannot go on\n"
      "make[2]: *** [Makefile:1: a.o] Error 255\n",
      {"/s"});
  EXPECT_EQ(errors.by_target.at("a.o").text, "objtool: cannot go on");
  EXPECT_EQ(errors.by_target.at("a.o").line, 0);
}

TEST(MakeErrors, TargetsKeepTheirDotDot) {
  const auto errors = read_make_errors(
      "x.c:1:1: error: no\nmake[2]: *** [M:1: ./amd/amdgpu/../amdkfd/x.o] Error 1\n", {"/s"});
  EXPECT_TRUE(errors.by_target.contains("amd/amdgpu/../amdkfd/x.o"));
}

TEST(MakeErrors, AMissingPrerequisiteBelongsToTheTargetThatNeedsIt) {
  const auto errors = read_make_errors(
      "make[2]: *** No rule to make target 'a.h', needed by 'drivers/x.o'.  Stop.\n", {"/s"});
  EXPECT_EQ(errors.by_target.at("drivers/x.o").text,
            "No rule to make target 'a.h', needed by 'drivers/x.o'.  Stop.");
}

TEST(MakeErrors, TheMachinesTroublesAreToldApart) {
  const auto errors = read_make_errors(
      "gcc: fatal error: Killed signal terminated program cc1\n"
      "make[2]: *** [M:1: x.o] Error 1\n",
      {"/s"});
  EXPECT_THAT(errors.environment, HasSubstr("Killed signal"));
}

TEST(MakeErrors, PathsRelativeToTheBuildAreCutOffToo) {
  const auto errors = read_make_errors(
      "../../work/x.c:1:1: error: no\nmake[2]: *** [M:1: x.o] Error 1\n", {"/s", "../../work"});
  EXPECT_EQ(errors.by_target.at("x.o").file, "x.c");
}

TEST(MakeErrors, AVeryLongLineIsRead) {
  const auto errors = read_make_errors(
      "a.c:1:1: error: " + std::string(1000000, 'x') + "\nmake: *** [M:1: a.o] Error 1\n", {"/s"});
  EXPECT_EQ(errors.by_target.at("a.o").file, "a.c");
}

}  // namespace
}  // namespace killify
