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
  EXPECT_EQ(kconfig.only_in_arch("MACH"), "arm");
  EXPECT_EQ(kconfig.only_in_arch("A"), "");
  EXPECT_EQ(kconfig.find("NOBODY"), nullptr);
  EXPECT_THAT(names_wanted("A && (!B || C != n) && D=y && m"), ElementsAre("A", "D"));
  EXPECT_THAT(enabled_symbols("CONFIG_A=y\nCONFIG_B=m\nCONFIG_C=3\n# CONFIG_D is not set\n"),
              UnorderedElementsAre("A", "B"));
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

TEST_F(ChooseTest, EachSideOfAnIfdefGetsAConfiguration) {
  symbols_["x86_64"] = {"ON", "DEBUG", "CHECK"};
  write(tree() / "drivers/on.c", "#ifdef CONFIG_DEBUG\nint on = 2;\n#else\nint on = 3;\n#endif\n");
  commit("Change");
  EXPECT_THAT(names(chosen()), ElementsAre("x86_64-allmod", "x86_64-allmod-DEBUG-CHECK"));
}

}  // namespace
}  // namespace killify
