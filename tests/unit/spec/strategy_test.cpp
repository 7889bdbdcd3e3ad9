#include "spec/strategy.h"

#include "yaml_files.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kStrategy = R"(title: Another way
in_place:
  - {function: core, calls: enter}
reason: core() does it
user_signals: prompt
commits:
  - group: include/linux
    fields:
      - {struct: task, after: flags, lines: ["int a;", "int b;"]}
    patch: one.cocci
    template: one.txt
  - {group: core.c, patch: one.cocci, template: one.txt}
cover: {template: cover.txt}
)";

class StrategyTest : public YamlFiles {
 protected:
  StrategyTest() {
    for (const char* name : {"one.cocci", "one.txt", "cover.txt"}) write(name, "x");
  }
  Result<Strategy> load(std::string_view old_text = "", std::string_view new_text = "") const {
    std::string text(kStrategy);
    const std::size_t at = text.find(old_text);
    EXPECT_NE(at, text.npos) << old_text;
    return load_strategy("scope", write("s.yaml", text.replace(at, old_text.size(), new_text)));
  }
  std::string error_of(std::string_view old_text, std::string_view new_text) const {
    const auto result = load(old_text, new_text);
    return result ? "no error" : local(result.error().message);
  }
};

TEST_F(StrategyTest, ReadsAll) {
  const Strategy strategy = load().value();
  EXPECT_EQ(strategy.name, "scope");
  EXPECT_EQ(strategy.title, "Another way");
  EXPECT_EQ(strategy.reason, "core() does it");
  EXPECT_TRUE(strategy.prompt);
  EXPECT_THAT(strategy.control.string(), IsEmpty());
  ASSERT_THAT(strategy.in_place, SizeIs(1));
  EXPECT_EQ(strategy.in_place[0].calls, "enter");
  ASSERT_THAT(strategy.commits, SizeIs(2));
  EXPECT_EQ(strategy.commits[0].patch, directory() / "one.cocci");
  ASSERT_THAT(strategy.commits[0].fields, SizeIs(1));
  EXPECT_THAT(strategy.commits[0].fields[0].lines, ElementsAre("int a;", "int b;"));
  EXPECT_THAT(strategy.commits[1].fields, IsEmpty());
  EXPECT_EQ(load("cover: {", "control: one.cocci\ncover: {")->control, directory() / "one.cocci");
}

TEST_F(StrategyTest, FaultsAreNamedWithTheirPlace) {
  EXPECT_EQ(error_of("reason: core() does it\n", ""), "s.yaml:1:1: 'reason' is missing here");
  EXPECT_EQ(
      error_of("prompt", "promt"),
      "s.yaml:5:15: 'promt' is not what becomes of signals where user mode comes here (did you "
      "mean 'prompt'?)");
  EXPECT_EQ(error_of("patch: one.cocci\n", "patch: two.cocci\n"),
            "s.yaml:10:12: two.cocci: no such file; a name is relative to the series file");
  EXPECT_EQ(error_of("group: core.c", "group: include/linux"),
            "s.yaml:12:13: 'include/linux' is there twice; make it one commit");
  EXPECT_EQ(error_of("[\"int a;\", \"int b;\"]", "[]"),
            "s.yaml:9:45: no lines: nothing would be added");
  EXPECT_EQ(error_of("\n  - {function: core, calls: enter}", " []"),
            "s.yaml:2:11: no calls: every tree would have it");
}

}  // namespace
}  // namespace killify
