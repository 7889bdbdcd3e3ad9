// Whether every way into the function that sleeps starts at a fault handler.
#include "support/small_audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using test::fault;
using test::function;
using test::kAlone;
using test::kSleep;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::SizeIs;

const std::string kHelper = function("helper", "struct box *box", kSleep);
const std::string kExported =
    function("helper", "struct box *box", kSleep, "") + "EXPORT_SYMBOL(helper);\n";
const std::string kFault = fault("box", "\tif (helper(vmf->box))\n\t\treturn 1;\n");
const std::string kIoctl =
    function("box_ioctl", "struct box *box", "\treturn helper(box);\n") +
    "static const struct file_operations box_fops = { .ioctl = box_ioctl };\n";

// The verdict of the one sleep in each driver's helper.
test::Verdicts judged_alone(const test::Files& drivers, const test::Files& more = {}) {
  test::Files texts = more;
  for (const auto& [name, text] : drivers) texts["drivers/" + name + "/" + name + ".c"] = text;
  test::SmallTree tree(texts);
  test::Verdicts verdicts;
  for (const auto& finding : test::findings_of(tree))
    verdicts[finding.sink.file] =
        std::string(verdict_name(finding.verdict)) + ": " + finding.reason;
  return verdicts;
}

TEST(FaultOnly, AnExportedFunctionBelongsToItsCallers) {
  EXPECT_THAT(judged_alone({{"a", kExported + kFault}}),
              ElementsAre(Pair("drivers/a/a.c", kAlone)));
  EXPECT_THAT(judged_alone({{"a", kExported + kFault}, {"b", kFault}}),
              ElementsAre(Pair("drivers/a/a.c", kAlone)))
      << "another driver's handler";
  EXPECT_THAT(judged_alone({{"a", kExported + kFault}, {"b", kIoctl}}),
              ElementsAre(Pair("drivers/a/a.c",
                               "thread: helper() is shared: box_ioctl() calls it, too "
                               "(drivers/b/b.c:3)")));
}

TEST(FaultOnly, AnotherModulesFunctionOfThatNameIsAnother) {
  const auto helper = function("helper", "struct box *box", kSleep, "");
  const test::Files texts{{"drivers/a/gem.c", helper},
                          {"drivers/a/a.c", kFault},
                          {"drivers/b/gem.c", helper},
                          {"drivers/b/b.c", kIoctl}};
  const auto verdict = [&](const test::Files& makefiles) {
    auto all = texts;
    all.insert(makefiles.begin(), makefiles.end());
    return judged_alone({}, all).at("drivers/a/gem.c");
  };
  EXPECT_THAT(verdict({}), HasSubstr("thread: helper() is shared: box_ioctl() calls it, too"))
      << "it is not known";
  EXPECT_EQ(verdict({{"drivers/a/Makefile", "box-y := a.o gem.o\nobj-m += box.o\n"},
                     {"drivers/b/Makefile", "crate-objs := b.o gem.o\nobj-m += crate.o\n"}}),
            kAlone);
  EXPECT_THAT(verdict({{"drivers/a/Makefile", "box-y := a.o gem.o ../b/b.o\nobj-m += box.o\n"}}),
              HasSubstr("thread: helper() is shared: box_ioctl() calls it, too"))
      << "its caller is of the same module";
}

TEST(FaultOnly, AStaticFunctionOfThatNameElsewhereIsAnother) {
  EXPECT_THAT(judged_alone({{"a", kHelper + kFault}, {"b", kHelper + kIoctl}}),
              ElementsAre(Pair("drivers/a/a.c", kAlone)));
}

TEST(FaultOnly, PrototypesAndCommentsAreNoUses) {
  EXPECT_THAT(judged_alone({{"a", "#include \"a.h\"\n" + kExported + kFault}},
                           {{"drivers/a/a.h", "int helper(struct box *box);\n/* helper(x) */\n"},
                            {"drivers/a/text.c", "static const char *s = \"helper(box)\";\n"}}),
              ElementsAre(Pair("drivers/a/a.c", kAlone)));
}

TEST(FaultOnly, AMacroIsACallerLikeAnother) {
  const std::string macro = "#define LOCK(b) helper(b)\n";
  const std::string by_macro = fault("box", "\tif (LOCK(vmf->box))\n\t\treturn 1;\n");
  EXPECT_THAT(
      judged_alone({{"a", kHelper + macro + by_macro},
                    {"b", kHelper + macro + by_macro +
                              function("b_ioctl", "struct box *box", "\treturn LOCK(box);\n")}}),
      ElementsAre(
          Pair("drivers/a/a.c", kAlone),
          Pair("drivers/b/b.c", HasSubstr("thread: helper() is shared: LOCK() calls it, too"))));
}

TEST(FaultOnly, AnAddressThatIsTakenIsAnybodys) {
  EXPECT_THAT(
      judged_alone(
          {{"argument", kHelper + kFault + function("f", "void", "\tset_hook(helper);\n")},
           {"ops", kHelper + kFault + "static const struct box_ops o = { .lock = helper };\n"},
           {"work",
            function("worker", "struct box *box", "\treturn helper(box);\n").insert(0, kHelper) +
                kFault + function("f", "struct box *box", "\tINIT_WORK(&box->work, worker);\n")}}),
      ElementsAre(
          Pair("drivers/argument/argument.c",
               HasSubstr("thread: helper() is shared: its address is taken (drivers/argument/")),
          Pair("drivers/ops/ops.c",
               HasSubstr("thread: helper() is shared: its address is taken (drivers/ops/ops.c:")),
          Pair("drivers/work/work.c",
               HasSubstr("thread: helper() is shared: worker() calls it, too"))));
}

TEST(FaultOnly, TheWayMayBeLong) {
  const std::string between = function("inner", "struct box *box", "\treturn helper(box);\n") +
                              function("outer", "struct box *box", "\treturn inner(box);\n");
  const std::string faulting = fault("box", "\touter(vmf->box);\n");
  EXPECT_THAT(judged_alone(
                  {{"alone", kHelper + between + faulting},
                   {"shared", kHelper + between + faulting +
                                  function("f", "struct box *box", "\treturn outer(box);\n", "")}}),
              ElementsAre(Pair("drivers/alone/alone.c", kAlone),
                          Pair("drivers/shared/shared.c",
                               HasSubstr("thread: helper() is shared: inner() calls it, too"))));
}

TEST(FaultOnly, FunctionsThatCallEachOtherAreNobodyElse) {
  const std::string pair =
      "static int two(struct box *box);\n" +
      function("helper", "struct box *box", kSleep + "\tif (box->more)\n\t\treturn two(box);\n") +
      function("two", "struct box *box", "\treturn helper(box);\n");
  EXPECT_THAT(judged_alone({{"a", pair + kFault}}), ElementsAre(Pair("drivers/a/a.c", kAlone)));
}

}  // namespace
}  // namespace killify
