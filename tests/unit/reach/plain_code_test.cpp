#include "reach/plain_code.h"

#include "facts/lexer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace killify {
namespace {

using testing::Not;

// The code with a blank between any two tokens.
std::string apart(const std::string& code) {
  std::string out;
  for (const auto& token : tokens_of(code))
    out += (out.empty() ? "" : " ") + std::string(token.text);
  return out;
}

// The statements of f(), whose g() fails with `error`.
std::string plain(const std::string& statements, const std::string& error = "-EINTR") {
  const auto text = plain_code("f(void)\n{\n" + statements + "\n}\n", "g", error);
  const auto first = text.find('{') + 1;
  return apart(text.substr(first, text.rfind('}') - first));
}

testing::Matcher<std::string> Is(const std::string& code) {
  return testing::Eq(apart(code));
}
testing::Matcher<std::string> Has(const std::string& code) {
  return testing::HasSubstr(apart(code));
}

TEST(PlainCode, WhatHasNothingToDoWithTheErrorStays) {
  const std::string text =
      "f(int a)\n{\n\tint b = a ? 1 : 2; /* why */\n\tif (0 != a)\n\t\treturn a ? 3 : 4;\n"
      "\tswitch (a) {\n\tcase -EINTR:\n\t\treturn 1;\n\t}\n\treturn g(); /* it */\n}\n";
  EXPECT_EQ(plain_code(text, "g", "-EINTR"), text);
}

TEST(PlainCode, AConditionIsSaidInOneWay) {
  for (const char* failed : {"0 != r", "(r != 0) == true", "!!r != false", "!(0 == r)"})
    EXPECT_THAT(plain("r = g(); if (" + std::string(failed) + ") return 1;"),
                testing::AnyOf(Has("if (r != 0) return 1;"), Has("if (r) return 1;")))
        << failed;
  EXPECT_THAT(plain("if (NULL == g()) return 1;"), Has("if (g() == 0)"));
  EXPECT_THAT(plain("r = g(); if (!(r < 0)) return 1;"), Has("if (r >= 0)"));
  EXPECT_THAT(plain("r = g(); if (!(r && x)) return 1;"), Has("if (!r || !x)"));
  EXPECT_THAT(plain("r = g(); if (0 > r) return 1;"), Has("if (r < 0)"));
  EXPECT_THAT(plain("r = g(); if (a << r) return 1;"), Has("if (a << r)"));
}

TEST(PlainCode, OnlyTheErrorAskedAboutCounts) {
  EXPECT_THAT(plain("r = g(); if (r == -EINTR) return 1; return 2;"),
              Is("r = g(); if (r) return 1; return 2;"));
  EXPECT_THAT(plain("r = g(); if (-EINTR != r) return 1; return 2;"),
              Is("r = g(); if (!r) return 1; return 2;"));
  EXPECT_THAT(plain("r = g(); if (r == -EBUSY || r == -EINTR) return 1; return 2;"),
              Is("r = g(); if (r) return 1; return 2;"));
  EXPECT_THAT(plain("r = g(); if (r == -EBUSY) return 1; else return 2;"),
              Is("r = g(); return 2;"));
  EXPECT_THAT(plain("r = g(); if (r != -EBUSY) return 1; return 2;"),
              Is("r = g(); return 1; return 2;"));
  const std::string other = "r = g(); s = h(); if (s == -EBUSY) return 1;";
  EXPECT_THAT(plain(other), Is(other)) << "the error of something else";
  const std::string unknown = "r = g(); if (r == -EBUSY) return 1;";
  EXPECT_THAT(plain(unknown, ""), Is(unknown));
  EXPECT_THAT(plain("r = g(); if (r == -EBUSY) r = g();"), Has("== -EBUSY")) << "a call";
}

TEST(PlainCode, AnAssignmentComesBeforeTheIf) {
  EXPECT_THAT(plain("if ((r = g()) != 0) return 1;"), Is("r = g(); if (r != 0) return 1;"));
  EXPECT_THAT(plain("if (!(r = g())) return 1;"), Is("r = g(); if (!r) return 1;"));
  EXPECT_THAT(plain("if (r = g()) return 1;"), Is("r = g(); if (r) return 1;"));
  EXPECT_THAT(plain("if (a) b(); else if ((r = g()) && c) return 1;"),
              Is("if (a) b(); else { r = g(); if (r && c) return 1; }"));
  const std::string later = "if (a && (r = g())) return 1;";
  EXPECT_THAT(plain(later), Is(later)) << "it may not be made";
}

TEST(PlainCode, AChoiceIsAnIf) {
  EXPECT_THAT(plain("r = g(); return r == -EINTR ? 1 : 2;"),
              Is("r = g(); if (r) { return 1; } return 2;"));
  EXPECT_THAT(plain("r = g(); return r == -EIO ? 1 : 2;"), Is("r = g(); ; return 2;"));
  EXPECT_THAT(plain("return g() ?: 2;"),
              Is("result_1 = g(); if (result_1) { return result_1; } return 2;"));
  EXPECT_THAT(plain("int r = g() ? -EAGAIN : 0;"),
              Is("int r; if (g()) { r = -EAGAIN; } else { r = 0; };"));
  EXPECT_THAT(plain("r = g(); x->s = r ? 1 : a ? 2 : 3;"),
              Is("r = g(); if ( r ) { x->s = 1 ; } else { x->s = a ? 2 : 3 ; };"));
  EXPECT_THAT(plain("r = g(); if (a) return r ? 1 : 2;"),
              Is("r = g(); if (a) { if ( r ) { return 1 ; } return 2; }"));
}

TEST(PlainCode, ABoolIsTheQuestionThatItAnswers) {
  EXPECT_THAT(plain("return g() == 0;"), Is("if ( g() == 0) { return true; } return false;"));
  EXPECT_THAT(
      plain("bool ok = g() == 0; if (!ok) return 1; return 2;"),
      Is("bool ok ; result_1 = g() ; ok = result_1 == 0; if (result_1 != 0) return 1; return 2;"));
  EXPECT_THAT(plain("r = g(); ok = !r; if (!ok) return 1;"),
              Is("r = g(); ok = !r; if (r) return 1;"));
  EXPECT_THAT(plain("r = g(); ok = !r; r = h(); if (!ok) return 1;"), Has("if (!ok)"))
      << "r is another one by then";
  EXPECT_THAT(plain("r = g(); ok = !r; again: if (!ok) return 1;"), Has("if (!ok)"));
  EXPECT_THAT(plain("p = g(); if (p) { r = p; if (r == -EINTR) return 1; return r; }"),
              Has("if (p) return 1; return p;"));
}

TEST(PlainCode, TheFailureComesFirst) {
  EXPECT_THAT(plain("r = g(); if (!r) { a(); } else return 1;"),
              Is("r = g(); if (r) { return 1; } else { { a(); } }"));
  const std::string again = "r = g(); if (!r) a(); else r = g();";
  EXPECT_THAT(plain(again), Is(again)) << "the second call has a line of its own";
}

TEST(PlainCode, ASwitchDoesWhatItDoesForTheError) {
  const std::string cases =
      "case 0: break; case -EBUSY: case -EINTR: return 1; default: return 2; }";
  EXPECT_THAT(plain("r = g(); switch (r) { " + cases),
              Has("r = g(); if (r) { return 1; } switch (any_1) {"));
  EXPECT_THAT(plain("r = g(); switch (r) { " + cases, "-EIO"), Has("if (r) { return 2; }"));
  EXPECT_THAT(plain("r = g(); switch (r) { " + cases, ""),
              Has("if (maybe_1_1) { return 1; } if (maybe_1_2) { return 1; } return 2; }"));
  EXPECT_THAT(plain("switch (g()) { " + cases), Has("result_1 = g() ; if (result_1) {"));
  EXPECT_THAT(plain("switch (r = g()) { " + cases), Has("r = g() ; if (r) { return 1; }"));
  EXPECT_THAT(plain("r = g(); switch (r) { case -EFAULT: return 1; } return 2;"),
              Has("if (r) { goto behind_1; } switch"));
  EXPECT_THAT(plain("r = g(); switch (r) { case SIGNALLED: return 1; } return 2;"),
              Has("if (maybe_1_1) { return 1; } goto behind_1; }"));
}

TEST(PlainCode, ACaseGoesOnUntilItLeaves) {
  EXPECT_THAT(plain("r = g(); switch (r) { case -EINTR: a(); fallthrough; case 0: b(); break; "
                    "default: return 2; }"),
              Has("if (r) { a(); fallthrough; b(); goto behind_1 ; } switch"));
  EXPECT_THAT(
      plain("r = g(); switch (r) { case -EINTR: for (;;) { break; } if (a) break; return 1; }"),
      Has("for (;;) { break; } if (a) goto behind_1 ; return 1; }"));
}

TEST(PlainCode, ASwitchThatCannotBeToldIsUnknown) {
  EXPECT_THAT(plain("r = g(); switch (r) { case -EINTR: again: return 1; }"), Has(kUnknownResult));
  EXPECT_THAT(plain("r = g(); switch (r) { case -EINTR: r = g(); return 1; }"),
              Has(kUnknownResult));
  EXPECT_THAT(plain("r = g(); switch (r) { case 1: again: return 1; case -EINTR: return 2; }"),
              Not(Has(kUnknownResult)));
}

TEST(PlainCode, AMacroMayRunItsBlock) {
  EXPECT_THAT(plain("IF_LOG(x) { a(); } return g();"), Is("while (any_1) { a(); } return g();"));
  for (const char* other : {"IF_LOG(x) { g(); }", "IF_LOG(x) { break; } g();",
                            "GUARD(return 1, x) { a(); } g();", "list_for_each(x) { a(); } g();"})
    EXPECT_THAT(plain(other), Is(other));
}

TEST(PlainCode, LinesStay) {
  const std::string text =
      "f(void)\n{\n\tbool ok =\n\t\t0 ==\n\t\tg(a,\n\t\t  b);\n\tswitch (r = g()) {\n\tcase "
      "-EINTR:\n\t\treturn 1;\n\t}\n\treturn r\n\t\t? 1\n\t\t: 2;\n}\n";
  const auto out = plain_code(text, "g", "-EINTR");
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), std::count(text.begin(), text.end(), '\n'));
  const auto line_of = [](const std::string& in, const char* what) {
    const auto at = in.find(what);
    return std::count(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  };
  for (const char* call : {"g(a,", "r = g()"}) EXPECT_EQ(line_of(out, call), line_of(text, call));
}

}  // namespace
}  // namespace killify
