#include "series/signal_case.h"

#include <gtest/gtest.h>

#include <string>

namespace killify {
namespace {

const std::string kGuarded = "fatal_signal_pending(current) ? VM_FAULT_SIGBUS : VM_FAULT_NOPAGE";

// The statements of f() after "err = held_up();", and what they become.
std::string changed(const std::string& statements, bool only_signal = false,
                    const std::string& before = "err = held_up(0);") {
  const std::string head = "vm_fault_t f(void)\n{\n\t" + before + "\n";
  const auto text = with_signal_cases(head + statements + "}\n", {.function = "f",
                                                                  .sleeps = {"held_up"},
                                                                  .result = "VM_FAULT_SIGBUS",
                                                                  .only_signal = only_signal});
  return text.substr(head.size(), text.size() - head.size() - 2);
}

TEST(SignalCase, ItLeavesTheCasesOfOtherErrors) {
  const std::string before =
      "\tswitch (err) {\n\tcase -EAGAIN:\n\tcase 0:\n\tcase -ERESTARTSYS: /* a signal */\n"
      "\tcase -EINTR:\n\tcase -EBUSY:\n\t\t/* Somebody else does it. */\n\t\treturn "
      "VM_FAULT_NOPAGE;\n\tdefault:\n\t\treturn VM_FAULT_SIGBUS;\n\t}\n";
  const auto after = [](const std::string& result) {
    return "\tswitch (err) {\n\tcase -EAGAIN:\n\tcase 0:\n\tcase -EBUSY:\n\t\t/* Somebody else "
           "does "
           "it. */\n\t\treturn VM_FAULT_NOPAGE;\n\tcase -ERESTARTSYS: /* a signal */\n\tcase "
           "-EINTR:\n\t\treturn " +
           result + ";\n\tdefault:\n\t\treturn VM_FAULT_SIGBUS;\n\t}\n";
  };
  EXPECT_EQ(changed(before), after(kGuarded));
  EXPECT_EQ(changed(before, true), after("VM_FAULT_SIGBUS"));
  EXPECT_EQ(changed(before, true, "err = other();\n\terr = held_up(0);"), after(kGuarded))
      << "the error may be of another origin";
  EXPECT_EQ(changed(changed(before)), changed(before));
}

TEST(SignalCase, AnAssignmentMovesWithItsBreak) {
  EXPECT_EQ(changed("\tswitch (err) {\n\tcase -EINTR:\n\tcase 0:\n\t\tret = VM_FAULT_NOPAGE;\n"
                    "\t\tbreak;\n\t}\n"),
            "\tswitch (err) {\n\tcase 0:\n\t\tret = VM_FAULT_NOPAGE;\n\t\tbreak;\n\tcase -EINTR:\n"
            "\t\tret = " +
                kGuarded + ";\n\t\tbreak;\n\t}\n");
}

TEST(SignalCase, ACaseOfItsOwnGetsTheResult) {
  EXPECT_EQ(changed("\tswitch (err) {\n\tcase -EINTR:\n\t\tclean();\n\t\treturn VM_FAULT_NOPAGE;\n"
                    "\tcase 0:\n\t\treturn VM_FAULT_NOPAGE;\n\t}\n",
                    true),
            "\tswitch (err) {\n\tcase -EINTR:\n\t\tclean();\n\t\treturn VM_FAULT_SIGBUS;\n"
            "\tcase 0:\n\t\treturn VM_FAULT_NOPAGE;\n\t}\n");
}

TEST(SignalCase, ADefaultIsTheSignalsWhereItIsNotListed) {
  const std::string before =
      "\tswitch (err) {\n\tcase 0:\n\t\tbreak;\n\tdefault:\n\t\treturn VM_FAULT_NOPAGE;\n\t}\n";
  auto after = before;
  EXPECT_EQ(changed(before), after.replace(after.find("VM_FAULT_NOPAGE"), 15, kGuarded));
  for (const char* stays :
       {"\tswitch (err) {\n\tcase -EINTR:\n\t\treturn VM_FAULT_OOM;\n\tdefault:\n\t\treturn "
        "VM_FAULT_NOPAGE;\n\t}\n",
        "\tswitch (err) {\n\tcase -EIO:\n\t\treturn VM_FAULT_OOM;\n\tdefault:\n\t\treturn "
        "VM_FAULT_NOPAGE;\n\t}\n"})
    EXPECT_EQ(changed(stays, true), stays) << "success comes to the default of the second";
}

TEST(SignalCase, WhatCannotMoveDependsOnTheSignal) {
  EXPECT_EQ(changed("\tswitch (err) {\n\tcase -EBUSY:\n\tcase -EINTR:\n\t\tclean();\n\t\treturn "
                    "VM_FAULT_NOPAGE;\n\t}\n",
                    true),
            "\tswitch (err) {\n\tcase -EBUSY:\n\tcase -EINTR:\n\t\tclean();\n\t\treturn " +
                kGuarded + ";\n\t}\n");
  EXPECT_EQ(changed("\tswitch (err) {\n\tcase -EINTR:\n\t\tclean();\n\t\tfallthrough;\n\tcase "
                    "-EBUSY:\n\t\treturn VM_FAULT_NOPAGE;\n\t}\n",
                    true),
            "\tswitch (err) {\n\tcase -EINTR:\n\t\tclean();\n\t\tfallthrough;\n\tcase -EBUSY:\n"
            "\t\treturn " +
                kGuarded + ";\n\t}\n");
}

TEST(SignalCase, SuccessNeverGetsTheResult) {
  for (const char* stays :
       {"\tswitch (err) {\n\tcase 0:\n\tcase -EINTR:\n\t\tclean();\n\t\treturn "
        "VM_FAULT_NOPAGE;\n\t}\n",
        "\tswitch (err) {\n\tcase -EINTR:\n\t\tclean();\n\t\tfallthrough;\n\tcase 0:\n\t\treturn "
        "VM_FAULT_NOPAGE;\n\t}\n",
        "\tswitch (err) {\n\tcase 0:\n\t\tclean();\n\t\tfallthrough;\n\tcase -EINTR:\n\t\tclean();"
        "\n\t\treturn VM_FAULT_NOPAGE;\n\t}\n",
        "\tswitch (err) {\n\tcase 0: case -EINTR:\n\t\treturn VM_FAULT_NOPAGE;\n\t}\n"})
    EXPECT_EQ(changed(stays), stays);
}

TEST(SignalCase, OtherSwitchesStay) {
  const std::string cases =
      " {\n\tcase -EINTR:\n\t\treturn VM_FAULT_NOPAGE;\n\tdefault:\n\t\treturn 0;\n\t}\n";
  for (const char* asked : {"other", "vmf->flags", "g(err)"}) {
    const auto stays = "\tswitch (" + std::string(asked) + ")" + cases;
    EXPECT_EQ(changed(stays), stays);
  }
  for (const char* asked : {"held_up(1)", "err = held_up(1)", "(err)"})
    EXPECT_NE(changed("\tswitch (" + std::string(asked) + ")" + cases).find(kGuarded),
              std::string::npos);
  EXPECT_EQ(changed("\tmmap_read_unlock(mm);\n\tswitch (err)" + cases),
            "\tmmap_read_unlock(mm);\n\tswitch (err)" + cases);
}

}  // namespace
}  // namespace killify
