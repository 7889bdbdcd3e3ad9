#include "facts/makefile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace killify {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

using Makefiles = std::map<std::string, std::string>;

// "msm: d/gem.o", "obj (config): d/msm.o" of d/Makefile.
std::vector<std::string> lists(Makefiles files) {
  const auto read = [&](const std::string& path) -> std::optional<std::string> {
    const auto file = files.find(path);
    return file == files.end() ? std::nullopt : std::optional(file->second);
  };
  std::vector<std::string> texts;
  for (const auto& [list, object, when] : listed_objects("d", "d/Makefile", read)) {
    const auto* condition = when == ListedObject::When::kModule   ? " (module)"
                            : when == ListedObject::When::kConfig ? " (config)"
                                                                  : "";
    auto text = list + condition + ": " + object;
    if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
  }
  return texts;
}

std::vector<std::string> lists(const std::string& makefile) {
  return lists(Makefiles{{"d/Makefile", makefile}});
}

TEST(Makefile, ReadsTheListsOfKbuild) {
  EXPECT_THAT(lists("# obj-y += no.o\n"
                    "obj-y := core.o sub/\n"
                    "obj-m += extra.o  # always a module\n"
                    "obj-$(CONFIG_MSM)\t+= msm.o\n"
                    "lib-y += sort.o\n"
                    "msm-y := drv.o \\\n\tgem.o sub/io.o ../shared/fence.o\n"
                    "msm-$(CONFIG_DEBUG_FS) += debug.o\n"
                    "extra-objs := one.o\n"),
              ElementsAre("obj: d/core.o", "obj (module): d/extra.o", "obj (config): d/msm.o",
                          "lib: d/sort.o", "msm: d/drv.o", "msm: d/gem.o", "msm: d/sub/io.o",
                          "msm: shared/fence.o", "msm (config): d/debug.o", "extra: d/one.o"));
}

TEST(Makefile, FlagsAndRulesAreNoLists) {
  EXPECT_THAT(lists("ccflags-y += -DX\nCFLAGS_a.o := -O1\n"
                    "$(obj)/gen.o: $(src)/gen.c FORCE\n\tobj-y=wrong.o\n\n"
                    "define cmd\nobj-y += no.o\nendef\n"),
              IsEmpty());
}

TEST(Makefile, BothBranchesOfAConditionalCount) {
  EXPECT_THAT(lists("files := a.o\nifeq ($(CONFIG_X),y)\n\tfiles := b.o\n  m-y := one.o\nelse\n"
                    "  m-y := two.o\nendif\nm-y += $(files)\n"),
              ElementsAre("m: d/one.o", "m: d/two.o", "m: d/a.o", "m: d/b.o"));
}

TEST(Makefile, VariablesAreWhatTheyAreWhereTheyStand) {
  EXPECT_THAT(lists("A := a.o\nB = $(A)\nm-y := $(A)\nA := b.o\nn-y := $(A) $(B)\n"
                    "late-y = $(C)\nC := c.o\n"),
              ElementsAre("m: d/a.o", "n: d/b.o", "late: d/c.o"));
}

TEST(Makefile, KnowsTheFunctionsThatListsAreMadeOf) {
  EXPECT_THAT(lists("names = one two\n"
                    "m-y := $(addprefix sub/, $(addsuffix .o,$(names)))\n"
                    "p-y := $(patsubst %.c,x_%.o,a.c b.c) ${names:%=%.o}\n"
                    "q-y := $(filter-out b.o,a.o b.o) $(notdir x/c.o)\n"
                    "r-y := $(foreach n,$(names),r_$(n).o) $(if $(CONFIG_X),y.o,n.o)\n"),
              ElementsAre("m: d/sub/one.o", "m: d/sub/two.o", "p: d/x_a.o", "p: d/x_b.o",
                          "p: d/one.o", "p: d/two.o", "q: d/a.o", "q: d/c.o", "r: d/r_one.o",
                          "r: d/r_two.o", "r: d/y.o", "r: d/n.o"));
}

TEST(Makefile, WhatIsIncludedSeesItsVariables) {
  EXPECT_THAT(
      lists({{"d/Makefile",
              "TOP := $(srctree)/$(src)/../display\ninclude $(TOP)/Makefile\n"
              "gpu-y := drv.o $(DISPLAY)\nobj-$(CONFIG_GPU) += gpu.o\n"},
             {"display/Makefile",
              "PARTS = core dm\nALL = $(addsuffix /Makefile,$(addprefix $(TOP)/,$(PARTS)))\n"
              "include $(ALL)\n"},
             {"display/core/Makefile", "DISPLAY += $(addprefix ../display/core/,core.o)\n"},
             {"display/dm/Makefile", "DISPLAY += ../display/dm/dm.o\n"}}),
      ElementsAre("gpu: d/drv.o", "gpu: display/core/core.o", "gpu: display/dm/dm.o",
                  "obj (config): d/gpu.o"));
}

TEST(Makefile, WhatNobodyCanKnowIsLeftOut) {
  EXPECT_THAT(lists("m-y := $(wildcard *.o) a_$(BITS).o $(shell ls) known.o\n"
                    "$(NAME)-y := b.o\nself = $(self) c.o\nn-y := $(self) d.o\n"),
              ElementsAre("m: d/known.o", "n: d/c.o", "n: d/d.o"));
  EXPECT_THAT(lists({{"d/Makefile", "include d/Makefile\nm-y := a.o\n"}}),
              UnorderedElementsAre("m: d/a.o"));
}

}  // namespace
}  // namespace killify
