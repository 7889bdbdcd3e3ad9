#include "verify/choose.h"

#include "fake_tree.h"
#include "support/text.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using test::write;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

TEST(KconfigText, DependenciesAndSelectorsAreRead) {
  Kconfig kconfig;
  kconfig.add("drivers/Kconfig",
              "if NET\nconfig A\n\ttristate \"a\"\n\tdepends on B && !C || \\\n\t\tD=n\n"
              "\tselect E if F\n\thelp\n\t  depends on nothing\nendif\n"
              "config B\n\tbool \"b\"\nconfig E\n\tbool\nconfig NET\n\tbool \"n\"\n");
  kconfig.add("arch/arm/Kconfig", "config MACH\n\tbool\n");
  EXPECT_THAT(kconfig.to_enable("A"), ElementsAre("A", "NET", "B"));
  EXPECT_THAT(kconfig.to_disable("E"), ElementsAre("E", "A"));
  EXPECT_THAT(kconfig.in_the_way("A"), ElementsAre("C", "D"));
  EXPECT_THAT(kconfig.in_the_way("B"), ElementsAre());
  EXPECT_EQ(kconfig.only_in_arch("MACH"), "arm");
  EXPECT_EQ(kconfig.only_in_arch("A"), "");
  EXPECT_EQ(kconfig.find("NOBODY"), nullptr);
  EXPECT_THAT(names_wanted("A && (!B || C != n) && D=y && m"), ElementsAre("A", "D"));
  EXPECT_THAT(enabled_symbols("CONFIG_A=y\nCONFIG_B=m\nCONFIG_C=3\n# CONFIG_D is not set\n"),
              UnorderedElementsAre("A", "B", "B_MODULE"));
}

class ChooseTest : public test::FakeTree {
 protected:
  void SetUp() override {
    FakeTree::SetUp();
    write(
        tree() / "drivers/Makefile",
        "obj-$(CONFIG_ON) += on.o\nobj-$(CONFIG_BUS) += bus/\nobj-m += pack.o\n"
        "pack-y := one.o\nifdef CONFIG_DEEP\npack-$(CONFIG_MORE) += two.o \\\n\tthree.o\nendif\n");
    write(tree() / "drivers/bus/Makefile", "obj-$(CONFIG_CHIP) += chip.o\n");
    write(tree() / "Kconfig",
          "config ON\n\tbool \"on\"\nconfig BUS\n\tbool \"bus\"\nconfig CHIP\n\tbool \"chip\"\n"
          "\tdepends on MACH\nconfig DEBUG\n\tbool \"d\"\nconfig CHECK\n\tbool \"c\"\n"
          "\tselect DEBUG\n");
    write(tree() / "arch/arm/Kconfig", "config MACH\n\tbool\n");
    base_ = commit("Base");
  }
  // The symbols of each configuration that is asked for: what its architecture has, +X and -X.
  Choice chosen() const {
    const auto repository = Repository::open(tree());
    const auto snapshot = repository->snapshot("HEAD");
    const auto availability = Availability::open(*repository, *snapshot);
    std::vector<CommitChange> changes;
    const auto commits = repository->range(base_, "HEAD");
    for (const CommitInfo& one : *commits) changes.push_back(*read_change(*repository, one));
    const auto choice = choose_configurations(
        changes, *availability,
        [&](const Configuration& asked) -> Result<std::optional<std::set<std::string>>> {
          const auto known = symbols_.find(asked.arch);
          if (known == symbols_.end()) return std::nullopt;
          auto symbols = known->second;
          for (const std::string& line : split_lines(asked.fragment)) {
            if (line.starts_with("# CONFIG_")) symbols.erase(line.substr(9, line.find(' ', 9) - 9));
            if (line.starts_with("CONFIG_")) symbols.insert(line.substr(7, line.find('=') - 7));
          }
          if (!symbols.contains("MACH")) symbols.erase("CHIP");
          return symbols;
        });
    EXPECT_TRUE(choice) << choice.error().message;
    return choice ? *choice : Choice{};
  }
  static std::vector<std::string> names(const Choice& choice) {
    std::vector<std::string> all;
    for (const Configuration& one : choice.configurations) all.push_back(one.name);
    return all;
  }
  std::string base_;
  std::map<std::string, std::set<std::string>> symbols_ = {{"x86_64", {"ON", "BUS"}},
                                                           {"arm64", {"ON", "BUS"}}};
};

TEST_F(ChooseTest, GatesGoThroughDirectoriesAndComposites) {
  const auto repository = Repository::open(tree());
  const auto snapshot = repository->snapshot("HEAD");
  const auto gates = [&](const std::string& object) {
    return *gates_of(*repository, *snapshot, object);
  };
  EXPECT_THAT(gates("drivers/bus/chip.o"), ElementsAre(ElementsAre("BUS", "CHIP")));
  EXPECT_THAT(gates("drivers/one.o"), ElementsAre(IsEmpty()));
  EXPECT_THAT(gates("drivers/three.o"), ElementsAre(ElementsAre("DEEP", "MORE")));
  EXPECT_THAT(gates("drivers/nobody.o"), IsEmpty());
}

TEST_F(ChooseTest, OneConfigurationIsEnoughWhereItBuildsEverything) {
  write(tree() / "drivers/on.c", "int on = 2;\n");
  write(tree() / "drivers/one.c", "int one;\n");
  commit("Change");
  const Choice choice = chosen();
  EXPECT_THAT(names(choice), ElementsAre("x86_64-allmod"));
  EXPECT_THAT(choice.reasons, ElementsAre("x86_64-allmod: builds 2 changed files"));
}

TEST_F(ChooseTest, AnotherArchitectureIsTakenForWhatItAloneBuilds) {
  symbols_["arm"] = {"BUS", "MACH", "CHIP"};
  write(tree() / "drivers/on.c", "int on = 2;\n");
  write(tree() / "drivers/bus/chip.c", "int chip;\n");
  commit("Change");
  EXPECT_THAT(names(chosen()), ElementsAre("x86_64-allmod", "arm-allmod"));
}

TEST_F(ChooseTest, NoMoreAreTakenThanNeeded) {
  symbols_["x86_64"] = {"ON"};
  symbols_["arm"] = {"ON", "BUS", "MACH", "CHIP"};
  write(tree() / "drivers/on.c", "int on = 2;\n");
  write(tree() / "drivers/bus/chip.c", "int chip;\n");
  commit("Change");
  EXPECT_THAT(names(chosen()), ElementsAre("arm-allmod"));
}

TEST_F(ChooseTest, TheHostsOwnIsEnoughForHeaders) {
  write(tree() / "drivers/shared.h", "#define SHARED 2\n");
  commit("Change");
  EXPECT_THAT(chosen().reasons, ElementsAre("x86_64-allmod: for headers"));
}

TEST_F(ChooseTest, WhatNothingBuildsIsSaid) {
  write(tree() / "drivers/bus/chip.c", "int chip;\n");
  commit("Change");
  const Choice choice = chosen();
  ASSERT_THAT(choice.reasons, SizeIs(1));
  EXPECT_THAT(
      choice.reasons[0],
      HasSubstr("not buildable here: drivers/bus/chip.o: needs CONFIG_CHIP (depends on MACH)"));
  EXPECT_THAT(choice.reasons[0], HasSubstr("arm-linux-gnueabihf-gcc"));
}

TEST_F(ChooseTest, ASymbolThatAllmodconfigLeavesOutIsSwitchedOn) {
  symbols_["x86_64"] = {"ON"};
  symbols_["arm64"] = {"ON"};
  write(tree() / "drivers/bus/Makefile", "obj-y += chip.o\n");
  write(tree() / "drivers/bus/chip.c", "int chip;\n");
  commit("Change");
  EXPECT_THAT(names(chosen()), ElementsAre("x86_64-allmod+BUS"));
}

TEST_F(ChooseTest, WhatKeepsASymbolOffIsSwitchedOff) {
  write(tree() / "drivers/Kconfig",
        "config MORE\n\tbool \"m\"\n\tdepends on ON && !ALL\n"
        "config ALL\n\tbool \"a\"\n");
  symbols_["x86_64"] = {"ON", "DEEP", "ALL"};
  write(tree() / "drivers/two.c", "int two;\n");
  commit("Change");
  EXPECT_THAT(names(chosen()), ElementsAre("x86_64-allmod-ALL+MORE"));
}

TEST_F(ChooseTest, EachSideOfAnIfdefGetsAConfiguration) {
  symbols_["x86_64"] = {"ON", "DEBUG", "CHECK"};
  write(tree() / "drivers/on.c", "#ifdef CONFIG_DEBUG\nint on = 2;\n#else\nint on = 3;\n#endif\n");
  commit("Change");
  EXPECT_THAT(names(chosen()), ElementsAre("x86_64-allmod", "x86_64-allmod-DEBUG-CHECK"));
}

TEST(KconfigText, HelpTextsSayNothing) {
  Kconfig kconfig;
  kconfig.add("Kconfig",
              "config A\n\tbool \"a\"\n\thelp\n\t  if unsure, say N:\n\n\t    depends on B\n"
              "\tdepends on C\n\nconfig B\n\tbool \"b\"\nconfig C\n\tbool \"c\"\n");
  EXPECT_THAT(kconfig.to_enable("A"), ElementsAre("A", "C"));
  EXPECT_THAT(kconfig.to_enable("B"), ElementsAre("B"));
}

TEST(KconfigText, WhatCannotBeSetByHandIsSelected) {
  Kconfig kconfig;
  kconfig.add("arch/Kconfig", "config ARCH_SUPPORTS_RT\n\tbool\nconfig ARCH_HAS\n\tbool\n");
  kconfig.add("arch/powerpc/Kconfig",
              "config CELL\n\tbool\nconfig COMMON\n\tbool\n\tselect CELL\n"
              "config BLADE\n\tbool \"b\"\n\tselect COMMON\n\tselect ARCH_HAS\n"
              "config SPU_FS\n\ttristate \"s\"\n\tdepends on CELL && ARCH_HAS\n");
  kconfig.add("kernel/Kconfig",
              "config RT\n\tbool \"r\"\n\tdepends on EXPERT && ARCH_SUPPORTS_RT\n"
              "config EXPERT\n\tbool \"e\"\nconfig DEAD\n\tbool\n"
              "config USER\n\tbool \"u\"\n\tdepends on DEAD\n");
  EXPECT_THAT(kconfig.to_enable("SPU_FS"), ElementsAre("SPU_FS", "BLADE"));
  EXPECT_THAT(kconfig.unselected("SPU_FS"), IsEmpty());
  EXPECT_THAT(kconfig.to_enable("RT"), ElementsAre("RT", "EXPERT"));
  EXPECT_THAT(kconfig.unselected("RT"), ElementsAre("ARCH_SUPPORTS_RT"));
  EXPECT_THAT(kconfig.unselected("USER"), IsEmpty()) << "not an architecture's to select";
  EXPECT_EQ(kconfig.only_in_arch("ARCH_SUPPORTS_RT"), "");
}

TEST_F(ChooseTest, WhatNoArchitectureSelectsIsForced) {
  write(tree() / "arch/Kconfig", "config ARCH_SUPPORTS_RT\n\tbool\n");
  write(tree() / "kernel/Kconfig", "config RT\n\tbool \"r\"\n\tdepends on ARCH_SUPPORTS_RT\n");
  write(tree() / "kernel/Makefile", "obj-$(CONFIG_RT) += lock_rt.o\nobj-y += lock.o\n");
  write(tree() / "kernel/lock_rt.c", "int lock_rt;\n");
  write(tree() / "kernel/lock.c",
        "#ifndef CONFIG_RT\n#ifndef CONFIG_DEBUG\nint lock;\n#endif\n#endif\n");
  symbols_["x86_64"].insert({"DEBUG", "CHECK"});
  symbols_.erase("arm64");
  commit("Add locks");
  const Choice choice = chosen();
  EXPECT_THAT(names(choice), ElementsAre("x86_64-allmod", "x86_64-allmod++ARCH_SUPPORTS_RT+RT",
                                         "x86_64-allmod-DEBUG-CHECK"));
  EXPECT_THAT(choice.reasons[1], HasSubstr("no architecture of this tree selects it"));
  EXPECT_THAT(choice.configurations[1].forced, ElementsAre("ARCH_SUPPORTS_RT"));
  EXPECT_THAT(choice.configurations[1].fragment, HasSubstr("CONFIG_RT=y"));
}

TEST_F(ChooseTest, AnIfIsForAConfigurationThatBuildsTheFile) {
  symbols_["arm"] = {"BUS", "MACH", "CHIP", "DEBUG"};
  symbols_["x86_64"].insert("DEBUG");
  write(tree() / "drivers/on.c", "int on = 2;\n");
  // x86_64 has the wanted side, but does not build the file.
  symbols_["x86_64"].erase("DEBUG");
  write(tree() / "drivers/bus/chip.c",
        "#if defined(CONFIG_NEVER) || !defined(CONFIG_DEBUG)\nint chip;\n#endif\n");
  commit("Change");
  EXPECT_THAT(names(chosen()), ElementsAre("x86_64-allmod", "arm-allmod", "arm-allmod-DEBUG"));
}

TEST_F(ChooseTest, AnIfThatCannotBeIsSaid) {
  write(tree() / "drivers/on.c",
        "#ifdef CONFIG_ON\n#ifndef CONFIG_ON\nint on = 2;\n#endif\n#endif\n");
  commit("Change");
  EXPECT_THAT(chosen().reasons,
              ::testing::Contains("no configuration lets drivers/on.c:3 through"));
}

}  // namespace
}  // namespace killify
