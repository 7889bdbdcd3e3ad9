// What a name means in a file, and what is behind a field.
#include "reach/names.h"

#include "support/small_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace killify {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kStatic = "static int f(void)\n{\n\treturn 0;\n}\n";
const std::string kF = "int f(void)\n{\n\treturn 0;\n}\n";
const std::string kExportedF = kF + "EXPORT_SYMBOL(f);\n";
const std::string kUser = "int g(void)\n{\n\treturn f();\n}\n";

class NamesTest {
 public:
  explicit NamesTest(test::Files files) : tree_(std::move(files)) {}

  // The files of what `f` means in `file`; "(macro)" behind those that define a macro.
  std::vector<std::string> meant(const std::string& file, const std::string& name = "f") {
    std::vector<std::string> files;
    for (auto id : test::value_of(names_.resolve(name, file)))
      files.push_back(names_[id].file + (names_[id].is_macro ? " (macro)" : ""));
    return files;
  }

  // The names of the functions behind a field.
  std::vector<std::string> behind(const std::string& in, const std::string& file,
                                  const std::set<std::string>& drivers) {
    std::vector<std::string> found;
    for (const auto& target : test::value_of(names_.bound_to("go", in, file, drivers)))
      found.push_back(names_[target.node].name);
    std::sort(found.begin(), found.end());
    return found;
  }

 private:
  test::SmallTree tree_;
  Names names_{*tree_.facts, tree_.series.commit.prefixes};
};

TEST(Names, AFilesOwnFunctionComesFirst) {
  NamesTest names({{"mm/a.c", kStatic + kUser},
                   {"mm/b.c", kStatic + kUser},
                   {"mm/c.c", kUser},
                   {"mm/f.c", kF}});
  EXPECT_THAT(names.meant("mm/a.c"), ElementsAre("mm/a.c"));
  EXPECT_THAT(names.meant("mm/b.c"), ElementsAre("mm/b.c"));
  EXPECT_THAT(names.meant("mm/c.c"), ElementsAre("mm/f.c"));
}

TEST(Names, AnotherFilesStaticFunctionIsNotMeant) {
  NamesTest names({{"mm/a.c", kStatic}, {"mm/c.c", kUser}});
  EXPECT_THAT(names.meant("mm/c.c"), IsEmpty());
}

TEST(Names, HeadersGiveInlineFunctionsAndMacros) {
  NamesTest names({{"include/linux/f.h", "static inline int f(void)\n{\n\treturn 0;\n}\n"},
                   {"include/linux/m.h", "#define m(x) f()\n#define empty(x)\n"},
                   {"mm/user.c", kUser}});
  EXPECT_THAT(names.meant("mm/user.c"), ElementsAre("include/linux/f.h"));
  EXPECT_THAT(names.meant("mm/user.c", "m"), ElementsAre("include/linux/m.h (macro)"));
}

TEST(Names, AHeaderOfOneDriverMeansNothingToAnother) {
  NamesTest names({{"drivers/misc/a/a.h", "static inline int f(void)\n{\n\treturn 0;\n}\n"},
                   {"drivers/misc/a/core/user.c", kUser},
                   {"drivers/misc/a/user.c", kUser},
                   {"drivers/net/b/user.c", kUser}});
  EXPECT_THAT(names.meant("drivers/misc/a/user.c"), ElementsAre("drivers/misc/a/a.h"));
  EXPECT_THAT(names.meant("drivers/misc/a/core/user.c"), ElementsAre("drivers/misc/a/a.h"));
  EXPECT_THAT(names.meant("drivers/net/b/user.c"), IsEmpty());
}

TEST(Names, WhatADriverDoesNotExportIsItsOwn) {
  NamesTest hidden({{"drivers/misc/a/f.c", kF},
                    {"drivers/misc/a/user.c", kUser},
                    {"drivers/misc/b/user.c", kUser}});
  EXPECT_THAT(hidden.meant("drivers/misc/a/user.c"), ElementsAre("drivers/misc/a/f.c"));
  EXPECT_THAT(hidden.meant("drivers/misc/b/user.c"), IsEmpty());

  NamesTest exported({{"drivers/misc/a/f.c", kExportedF}, {"drivers/misc/b/user.c", kUser}});
  EXPECT_THAT(exported.meant("drivers/misc/b/user.c"), ElementsAre("drivers/misc/a/f.c"));

  NamesTest core({{"mm/f.c", kF}, {"drivers/misc/b/user.c", kUser}});
  EXPECT_THAT(core.meant("drivers/misc/b/user.c"), ElementsAre("mm/f.c")) << "no module";
}

TEST(Names, OfTwoEachDriverMeansItsOwn) {
  NamesTest names({{"drivers/misc/a/f.c", kExportedF},
                   {"drivers/misc/a/user.c", kUser},
                   {"drivers/misc/b/f.c", kF},
                   {"drivers/misc/b/user.c", kUser}});
  EXPECT_THAT(names.meant("drivers/misc/a/user.c"), ElementsAre("drivers/misc/a/f.c"));
  EXPECT_THAT(names.meant("drivers/misc/b/user.c"), ElementsAre("drivers/misc/b/f.c"));
}

TEST(Names, OfTwoInADirectoryAModuleMeansItsOwn) {
  const test::Files files{
      {"drivers/misc/a/f.c", kF}, {"drivers/misc/a/g.c", kF}, {"drivers/misc/a/user.c", kUser}};
  EXPECT_THAT(NamesTest(files).meant("drivers/misc/a/user.c"),
              ElementsAre("drivers/misc/a/f.c", "drivers/misc/a/g.c"));
  auto built = files;
  built["drivers/misc/a/Makefile"] = "obj-m += one.o two.o\none-y := f.o\ntwo-y := g.o user.o\n";
  EXPECT_THAT(NamesTest(built).meant("drivers/misc/a/user.c"), ElementsAre("drivers/misc/a/g.c"));
}

TEST(Names, WhatRunsElsewhereIsNotMeant) {
  NamesTest names({{"arch/x86/boot/f.c", kF},
                   {"arch/x86/boot/user.c", kUser},
                   {"drivers/misc/a/selftests/f.c", kExportedF},
                   {"drivers/misc/a/user.c", kUser},
                   {"mm/f.c", kF},
                   {"mm/user.c", kUser},
                   {"scripts/f.c", kF},
                   {"tools/testing/f.c", kF}});
  EXPECT_THAT(names.meant("mm/user.c"), ElementsAre("mm/f.c"));
  EXPECT_THAT(names.meant("drivers/misc/a/user.c"), ElementsAre("mm/f.c"));
  EXPECT_THAT(names.meant("arch/x86/boot/user.c"), ElementsAre("arch/x86/boot/f.c"));
}

TEST(Names, EachArchitectureMeansItsOwnAndTheOthersMeanX86) {
  NamesTest names({{"arch/arm64/mm/f.c", kF},
                   {"arch/arm64/kernel/user.c", kUser},
                   {"arch/s390/mm/f.c", kF},
                   {"arch/x86/mm/f.c", kF},
                   {"mm/user.c", kUser}});
  EXPECT_THAT(names.meant("arch/arm64/kernel/user.c"), ElementsAre("arch/arm64/mm/f.c"));
  EXPECT_THAT(names.meant("mm/user.c"), ElementsAre("arch/x86/mm/f.c"));
}

const std::string kTwoStructs =
    "static int first(void)\n{\n\treturn 0;\n}\nstatic int second(void)\n{\n\treturn 0;\n}\n"
    "static const struct one_ops one = { .go = first };\n"
    "static const struct two_ops two = { .go = second };\n";

TEST(Names, AFieldIsToldByItsStruct) {
  NamesTest names({{"drivers/misc/a/a.c", kTwoStructs}});
  const std::set<std::string> own = {"drivers/misc/a"};
  EXPECT_THAT(names.behind("one_ops", "drivers/misc/a/a.c", own), ElementsAre("first"));
  EXPECT_THAT(names.behind("two_ops", "drivers/misc/a/a.c", own), ElementsAre("second"));
  EXPECT_THAT(names.behind("other_ops", "drivers/misc/a/a.c", own), IsEmpty());
  EXPECT_THAT(names.behind("", "drivers/misc/a/a.c", own), ElementsAre("first", "second"));
}

TEST(Names, ACoreCallsTheDriversAskedForOnly) {
  NamesTest names({{"drivers/misc/a/a.c", kTwoStructs},
                   {"drivers/misc/b/b.c", kTwoStructs},
                   {"mm/core.c", kUser}});
  EXPECT_THAT(names.behind("one_ops", "mm/core.c", {"drivers/misc/a"}), ElementsAre("first"));
  EXPECT_THAT(names.behind("one_ops", "mm/core.c", {}), IsEmpty());
  EXPECT_THAT(names.behind("", "mm/core.c", {"drivers/misc/a"}), IsEmpty())
      << "of an unknown struct only what is of the caller's own driver";
}

TEST(Names, FilesOfOneModuleBindForOneAnother) {
  const std::string caller = "#include \"core.h\"\n" + kUser;
  NamesTest names({{"mm/calls.c", caller},
                   {"mm/binds.c", "#include \"core.h\"\n" + kTwoStructs},
                   {"mm/stranger.c",
                    "static int third(void)\n{\n\treturn 0;\n}\n"
                    "static struct one_ops three = { .go = third };\n"}});
  EXPECT_THAT(names.behind("one_ops", "mm/calls.c", {}), ElementsAre("first"));
}

}  // namespace
}  // namespace killify
