#include "verify/callers.h"

#include "support/small_tree.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using test::SmallTree;
using test::value_of;
using ::testing::ElementsAre;

TEST(Callers, AreFoundThroughHeadersAndMacros) {
  const SmallTree tree({
      {"include/linux/fence.h",
       "long wait(int f);\n"
       "static inline long wait_twice(int f)\n{\n\treturn wait(f) + wait(f);\n}\n"
       "#define WAIT_THRICE(f) (wait_twice(f) + wait(f))\n"
       "static inline long look(int f)\n{\n\treturn f;\n}\n"},
      {"core.c", "long wait(int f)\n{\n\treturn f;\n}\nEXPORT_SYMBOL(wait);\n"},
      {"calls.c", "long a(void)\n{\n\treturn wait(1);\n}\n"},
      {"address.c", "long (*b)(int) = wait;\n"},
      {"through.c", "long c(void)\n{\n\treturn WAIT_THRICE(1);\n}\n"},
      {"converted.c", "long d(void)\n{\n\treturn wait(1);\n}\n"},
      {"own.c",
       "static long wait(int f)\n{\n\treturn f;\n}\nlong e(void)\n{\n\treturn wait(1);\n}\n"},
      {"member.c", "long g(struct x *x)\n{\n\treturn x->wait + look(1);\n}\n"},
      {"says.c", "/* wait() is not called. */\nconst char *h = \"wait\";\n"},
      {"fill.c", "static int fill(void)\n{\n\treturn 1;\n}\n"},
      {"other.c", "int i(void)\n{\n\treturn fill();\n}\n"},
  });
  const auto callers = value_of(unchanged_callers(
      *tree.repository, tree.snapshot, *tree.words,
      {{"wait", "wait_state", "include/linux/fence.h"}, {"fill", "fill_state", "fill.c"}},
      {"core.c", "converted.c", "include/linux/fence.h", "fill.c"}));
  EXPECT_THAT(callers.names, ElementsAre("WAIT_THRICE", "wait", "wait_twice"));
  EXPECT_THAT(callers.sources, ElementsAre("address.c", "calls.c", "through.c"));
}

TEST(Callers, TellWhatTheFunctionsThatDifferCall) {
  const SmallTree tree(
      test::Files{{"calls.c",
                   "long a(int f, int intr)\n{\n\treturn wait(f, intr) + wait(f, true);\n}\n"
                   "long b(int f)\n{\n\treturn wait(f, false) + x->wait(f);\n}\n"}});
  Caller caller{"calls.c", "calls.o", "x86_64-allmod"};
  caller.difference.functions = {{"a.constprop", CodeChange::kOther}, {"b", CodeChange::kConstant}};
  ASSERT_TRUE(find_calls(*tree.repository, tree.snapshot, {"wait"}, caller));
  EXPECT_THAT(caller.calls, ElementsAre("wait(f, intr)", "wait(f, true)"));
}

}  // namespace
}  // namespace killify
