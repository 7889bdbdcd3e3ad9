#include "reach/given_roots.h"

#include "support/small_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

RootSpec threads() {
  RootSpec root;
  root.argument = 0;
  root.takers = {"create_on_node"};
  root.returns = "int";
  return root;
}

const std::string kHeader =
    "struct task *create_on_node(int (*fn)(void *), void *data, int node);\n"
    "#define create(fn, data) create_on_node(fn, data, -1)\n"
    "#define run(what, data) \\\n({ \\\n\twake(create(what, data)); \\\n})\n";

// "FILE:LINE: NAME to TAKER".
std::vector<std::string> told(const GivenFunctions& given) {
  std::vector<std::string> lines;
  for (const auto& one : given.all)
    lines.push_back(one.file + ":" + std::to_string(one.line) + ": " + one.name + " to " + one.to);
  return lines;
}

TEST(GivenRoots, GoThroughMacrosAndFunctionsThatHandThemOn) {
  test::SmallTree tree(
      {{"include/linux/run.h", kHeader},
       {"d/a.c",
        "static int one(void *data)\n{\n\treturn 0;\n}\n\n"
        "static int two(void *data)\n{\n\treturn 0;\n}\n\n"
        "static void start(void *data, int (*fn)(void *))\n{\n\trun(fn, data);\n}\n\n"
        "void f(void *data)\n{\n\tcreate_on_node(one,\n\t\t       data, 0);\n"
        "\tstart(data,\n\t      &two);\n\tcreate((thread_fn)one, data);\n"
        "\trun(three, data);\n}\n"},
       {"d/b.c",
        "int three(void *data)\n{\n\treturn 0;\n}\n"
        "static void start(void *data, int (*fn)(void *))\n{\n}\n"
        "void g(void *data)\n{\n\tstart(data, three);\n}\n"}});
  const auto given = test::value_of(find_given(*tree.facts, threads()));
  EXPECT_THAT(told(given),
              UnorderedElementsAre("d/a.c:18: one to create_on_node", "d/a.c:21: two to start",
                                   "d/a.c:22: one to create", "d/a.c:23: three to run"));
  EXPECT_THAT(given.unresolved, IsEmpty());
}

TEST(GivenRoots, WhatIsNoFunctionIsNamed) {
  test::SmallTree tree({{"include/linux/run.h", kHeader},
                        {"d/a.c",
                         "static int one(void *data)\n{\n\treturn 0;\n}\n\n"
                         "void f(struct work *work)\n{\n\tint (*fn)(void *) = one;\n\n"
                         "\trun(work->fn, work);\n\trun(fn, work);\n\trun(NULL, work);\n}\n"}});
  const auto given = test::value_of(find_given(*tree.facts, threads()));
  EXPECT_THAT(told(given), IsEmpty());
  EXPECT_THAT(given.unresolved,
              ElementsAre("d/a.c:10: run() is given 'work->fn', which is no function's name",
                          "d/a.c:11: run() is given 'fn', a variable"));
}

}  // namespace
}  // namespace killify
