#include "verify/recorded_command.h"

#include "verify/warnings.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(RecordedCommand, IsTakenApartAsAShellWould) {
  const auto command = read_recorded_command(
      "savedcmd_drivers/x.o := ccache gcc -Wp,-MMD,drivers/.x.o.d -I./include "
      "-DNAME='\"x y\"' -DPOUND=$(pound) -c -o drivers/x.o /tree/drivers/x.c  ; "
      "./tools/objtool/objtool --mcount drivers/x.o\n\nsource_drivers/x.o := /tree/drivers/x.c\n");
  ASSERT_TRUE(command);
  ASSERT_THAT(command->steps, SizeIs(2));
  EXPECT_THAT(command->steps[0], ElementsAre("ccache", "gcc", "-Wp,-MMD,drivers/.x.o.d",
                                             "-I./include", "-DNAME=\"x y\"", "-DPOUND=#", "-c",
                                             "-o", "drivers/x.o", "/tree/drivers/x.c"));
  EXPECT_THAT(command->steps[1], ElementsAre("./tools/objtool/objtool", "--mcount", "drivers/x.o"));
  EXPECT_EQ(command->dependencies, "drivers/.x.o.d");
  EXPECT_EQ(command->source, "/tree/drivers/x.c");
  EXPECT_THAT(options_of(*command), ElementsAre("-I./include", "-DNAME=\"x y\"", "-DPOUND=#"));
  EXPECT_THAT(preprocess_command(*command),
              ElementsAre("gcc", "-I./include", "-DNAME=\"x y\"", "-DPOUND=#", "-w", "-E",
                          "-fdirectives-only", "/tree/drivers/x.c"));
}

TEST(RecordedCommand, WhatNeedsAShellIsLeftToMake) {
  for (const char* line :
       {"cmd_x.o := gcc -MF x.d -c -o x.o x.c | tee log", "cmd_x.o := gcc -MF x.d -c x.c > log",
        "cmd_x.o := gcc -MF x.d -c $$(cat flags) x.c", "cmd_x.o := gcc -MF x.d -c 'x.c",
        "cmd_x.o := ld -r -o x.o a.o b.o", "cmd_x.o := gcc -c -o x.o x.c", "x.o: x.c y.h", ""})
    EXPECT_FALSE(read_recorded_command(line)) << line;
}

TEST(RecordedCommand, NamesTheFilesThatWereRead) {
  EXPECT_THAT(named_files("drivers/x.o: ../tree/drivers/x.c \\\n include/a.h \\\n\ninclude/a.h:\n"
                          "    $(wildcard include/config/DEBUG_FS) \\\n"),
              ElementsAre("drivers/x.o", "../tree/drivers/x.c", "include/a.h", "include/a.h"));
}

constexpr std::string_view kSaid =
    "In file included from ./include/a.h:3,\n"
    "                 from /tree/drivers/x.c:1:\n"
    "/tree/include/b.h:7:5: warning: no previous prototype for 'b' [-Wmissing-prototypes]\n"
    "/tree/drivers/y.c: In function 'f':\n"
    "/tree/drivers/y.c:4:13: warning: unused variable 'u' [-Wunused-variable]\n"
    "drivers/y.o: warning: objtool: f+0x12: unreachable instruction\n"
    "/tree/drivers/x.c:9: warning: Function parameter or member 'p' not described in 'g'\n"
    "WARNING: modpost: drivers/z.o: section mismatch in reference: f+0x4 (section: .text)\n";

TEST(Warnings, AreThoseOfTheSourceThatWasCompiled) {
  const Warnings warnings = read_warnings(kSaid, {"/tree"});
  ASSERT_THAT(warnings, SizeIs(4));
  ASSERT_THAT(warnings.at("drivers/x.c"), SizeIs(2));
  EXPECT_EQ(warnings.at("drivers/x.c")[0],
            (Warning{"include/b.h", 7, "no previous prototype for 'b' [-Wmissing-prototypes]"}));
  EXPECT_THAT(warnings.at("drivers/x.c")[1].text, HasSubstr("not described"));
  EXPECT_EQ(warnings.at("drivers/y.c")[0].line, 4);
  EXPECT_EQ(warnings.at("drivers/y.o")[0].text, "objtool: f: unreachable instruction");
  EXPECT_THAT(warnings.at("drivers/z.o")[0].text, HasSubstr("section mismatch"));
}

TEST(Warnings, OneThatMovedIsNotNewAndOneMoreIs) {
  const Warning old{"x.c", 4, "unused 'a'; declared at x.c:2"};
  const Warning moved{"x.c", 9, "unused 'a'; declared at x.c:7"};
  const Warning other{"x.c", 9, "unused 'b'"};
  EXPECT_THAT(new_warnings({moved}, {old}), IsEmpty());
  EXPECT_THAT(new_warnings({moved, other}, {old}), ElementsAre(other));
  EXPECT_THAT(new_warnings({moved, moved}, {old}), ElementsAre(moved));
  EXPECT_THAT(new_warnings({}, {old}), IsEmpty());
}

TEST(Warnings, WhatTheCommitRenamesIsNotNewByItsNewName) {
  const Warning old{"a.c", 9, "context imbalance in 'lock' - wrong count at exit"};
  const Warning renamed{"a.c", 9, "context imbalance in 'lock_state' - wrong count at exit"};
  const Warning another{"a.c", 9, "context imbalance in 'other' - wrong count at exit"};
  const std::vector<FilePatch> patch = {
      {.path = "a.c",
       .hunks = {{.first = 1,
                  .count = 1,
                  .added = {1},
                  .text = "@@ -1 +1 @@\n-int lock(void)\n+int lock_state(int other)\n"}}}};
  EXPECT_THAT(new_warnings({renamed}, {old}), ElementsAre(renamed)) << "nothing says so";
  EXPECT_THAT(new_warnings({renamed}, {old}, patch), IsEmpty());
  EXPECT_THAT(new_warnings({old, renamed}, {old}, patch), ElementsAre(renamed));
  EXPECT_THAT(new_warnings({renamed, renamed}, {old}, patch), ElementsAre(renamed));
  const Warning elsewhere{"b.c", 9, renamed.text};
  EXPECT_THAT(new_warnings({elsewhere}, {{"b.c", 9, old.text}}, patch), ElementsAre(elsewhere));
  const Warning more{"a.c", 9, "context imbalance in 'lock_state' - different"};
  EXPECT_THAT(new_warnings({more}, {old}, patch), ElementsAre(more));
}

}  // namespace
}  // namespace killify
