#include "reach/slice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// The slice of f() in `text` for `call`; "" if there is none.
std::string slice(const std::string& text, const SliceCall& call, const std::string& through = {}) {
  const auto file = Sketch::of(text);
  const Hop hop{"f", "a.c", 0, through.empty() ? "direct" : "field", through, {}};
  const auto slices = slices_of(*file, hop, call);
  return slices.empty() ? "" : slices[0].text;
}

std::string body(const std::string& statements, const SliceCall& call = {"g", "-EINTR", false}) {
  return slice("static int f(void)\n{\n" + statements + "\n}\n", call);
}

TEST(Slice, HoldsTheFunctionAlone) {
  const auto file = Sketch::of(
      "int other(void)\n{\n\tg();\n}\n\nstatic __must_check int\nf(int a) /* why "
      "*/\n{\n\tg(a);\n}\n");
  const auto slices = slices_of(*file, {"f", "a.c", 9, "direct", {}, {}}, {"g", "", false});
  ASSERT_THAT(slices, SizeIs(1));
  EXPECT_EQ(slices[0].text, "int the_function(int a)\n{\n\tthe_callee(a);\n}\n");
  EXPECT_EQ(slices[0].before, 6);
}

TEST(Slice, ThereIsNoneWithoutTheCall) {
  EXPECT_THAT(body("\th();"), IsEmpty());
  EXPECT_THAT(body("\tops->g();"), IsEmpty()) << "a field, and none was asked about";
  EXPECT_THAT(body("\tp = g;"), IsEmpty());
}

TEST(Slice, ACallThroughAFieldIsFoundByItsExpression) {
  const std::string text = "int f(void)\n{\n\treturn bo->bdev->funcs->move(bo) + x->move(bo);\n}\n";
  EXPECT_THAT(slice(text, {"qxl_bo_move", "", false}, "bo->bdev->funcs->move"),
              HasSubstr("return the_callee(bo) + x->move(bo);"));
  EXPECT_THAT(slice(text, {"qxl_bo_move", "", false}, "bo -> bdev -> funcs -> move"),
              HasSubstr("return the_callee(bo) +"));
}

TEST(Slice, AnErrorInAPointerIsTheError) {
  EXPECT_THAT(body("\tp = g();\n\tif (IS_ERR(p)) {\n\t\treturn PTR_ERR(p);\n\t}"),
              HasSubstr("p = the_callee();\n\tif (p) {\n\treturn p;\n"));
  EXPECT_THAT(body("\tret = g();\n\tif (unlikely(ret < 0))\n\t\treturn ERR_PTR(ret);"),
              HasSubstr("if ((ret < 0))\n\treturn ret;"));
}

TEST(Slice, ATestOfSuccessIsOneOfFailure) {
  EXPECT_THAT(body("\tret = g();\n\tif (!ret)\n\t\th();\n\treturn ret;"),
              testing::MatchesRegex("(.|\n)*if \\(ret\\) \\{ goto on_([0-9]+); \\} else \\{\n"
                                    "\th\\(\\); \\} on_([0-9]+): ;\n(.|\n)*"));
  EXPECT_THAT(body("\tret = g();\n\tif (ret == 0)\n\t\th();"), HasSubstr("if (ret != 0) { goto"));
  EXPECT_THAT(body("\tret = g();\n\tif (ret >= 0)\n\t\th();"), HasSubstr("if (ret < 0) { goto"));
  EXPECT_THAT(body("\tret = g();\n\tif (!ret && x)\n\t\th();"), HasSubstr("if (!ret && x) {"));
}

TEST(Slice, ABranchThatFallsThroughJumps) {
  EXPECT_THAT(body("\tif (g())\n\t\tclean();\n\treturn 1;"), HasSubstr("clean(); goto on_"));
  EXPECT_THAT(body("\tif (g()) {\n\t\tclean();\n\t}\n\treturn 1;"), HasSubstr("goto on_"));
  EXPECT_THAT(body("\tif (g())\n\t\treturn 2;\n\treturn 1;"), Not(HasSubstr("goto")));
  EXPECT_THAT(body("\tif (g()) {\n\t\tclean();\n\t\tgoto out;\n\t}\nout:\n\treturn 1;"),
              Not(HasSubstr("on_")));
}

TEST(Slice, WhatAnotherErrorLeadsToIsLeftOut) {
  const std::string retry = "\tret = g();\n\tif (ret == -EDEADLK) {\n\t\tgoto retry;\n\t}";
  EXPECT_THAT(body(retry), Not(HasSubstr("retry")));
  EXPECT_THAT(body(retry, {"g", "-EDEADLK", false}), HasSubstr("retry"));
  EXPECT_THAT(body(retry, {"g", "", false}), HasSubstr("retry")) << "it may be this error";
  EXPECT_THAT(body("\tif (ret == -EAGAIN)\n\t\tret = g();"), HasSubstr("the_callee"));
  EXPECT_THAT(body("\tp = g();\n\tif (IS_ERR(p) && p != ERR_PTR(-EDEADLK))\n\t\treturn 1;"),
              HasSubstr("if (p )\n\treturn 1;"));
}

TEST(Slice, ACalleeThatFailsByFalseIsNegated) {
  EXPECT_THAT(body("\tif (!g())\n\t\treturn 1;", {"g", "", true}), HasSubstr("if (the_callee())"));
  EXPECT_THAT(body("\tok = g();", {"g", "", true}),
              HasSubstr("result_1 = the_callee(); ok = !result_1;"));
}

TEST(Slice, LinesStay) {
  const auto text =
      body("\t/* a\n\t * comment */\n\tret = g(a,\n\t\tb);\n#define X(a) \\\n\ta\n\th();");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 10);
  EXPECT_THAT(text, HasSubstr("#define X(a)\\\n\ta\n\th();"));
}

TEST(MacroPasses, WhatIsACallAndNothingElse) {
  const auto file = Sketch::of(
      "#define a(x) g(x, 0)\n#define b(x) (g(x))\n#define c(x) ({ int r; h(); r = g(x); r; })\n"
      "#define d(x) ({ h(); g(x); })\n#define e(x) (!g(x))\n#define i(x) ({ int r = g(x); r = 0; "
      "r; })\n"
      "#define j(x) do { g(x); } while (0)\n");
  for (const auto* passes : {"a", "b", "c", "d"}) EXPECT_TRUE(macro_passes(*file, passes, "g"));
  for (const auto* does_not : {"e", "i", "j", "none"})
    EXPECT_FALSE(macro_passes(*file, does_not, "g")) << does_not;
}

}  // namespace
}  // namespace killify
