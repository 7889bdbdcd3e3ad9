#include "verify/code_difference.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace killify {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Texts = std::vector<std::string>;

const std::map<std::string, std::string> kRenamed{{"wait", "wait_state"}};

// An object with one function that calls `callee` after `load`, and branches over that.
std::string object(const std::string& load, const std::string& length,
                   const std::string& callee = "wait_state", const std::string& name = "f") {
  const bool longer = length == "5";
  return "Disassembly of section .text." + name + ":\n\n0000000000000000 <" + name +
         ">:\n"
         "   0:\tpush   %rbx\n"
         "   1:\tje     " +
         (longer ? "12 <f+0x12>\n" : "f <f+0xf>\n") + "   3:\t" + load + "\n   " +
         (longer ? "8" : "5") + ":\tcall   d <f+0xd>\n\t\t\t6: R_X86_64_PLT32\t" + callee +
         "-0x4\n   " + (longer ? "d:\tnopl   (%rax)\n  12" : "a:\tnopw   0x0(%rax,%rax,1)\n   f") +
         ":\tpop    %rbx\n  13:\tret\n";
}

TEST(CodeDifference, IsNoneWhereOnlyAddressesDiffer) {
  const std::string plain =
      "Disassembly of section .text:\n0000000000000010 <f>:\n  10:\tjmp    12 <f+0x2>\n  "
      "12:\tret\n";
  const std::string moved =
      "Disassembly of section .text:\n0000000000000020 <f>:\n  20:\tjmp    28 <f+0x8>\n"
      "  25:\tnopl   (%rax)\n  28:\tret\n";
  const auto difference = compare_code(plain, moved, kRenamed);
  EXPECT_EQ(difference.change, CodeChange::kSame);
  EXPECT_THAT(difference.functions, IsEmpty());
}

TEST(CodeDifference, TellsANewName) {
  const auto difference = compare_code(object("mov    $0x1,%esi", "5", "wait"),
                                       object("mov    $0x1,%esi", "5"), kRenamed);
  EXPECT_EQ(difference.change, CodeChange::kName);
  EXPECT_THAT(difference.functions, IsEmpty());
}

TEST(CodeDifference, IsOtherWhereANameIsNotOneOfTheRenamed) {
  EXPECT_EQ(compare_code(object("mov    $0x1,%esi", "5", "wake"), object("mov    $0x1,%esi", "5"),
                         kRenamed)
                .change,
            CodeChange::kOther);
  EXPECT_EQ(
      compare_code(object("mov    $0x1,%esi", "5"), object("mov    $0x1,%esi", "5", "wait"), {})
          .change,
      CodeChange::kOther);
}

TEST(CodeDifference, TellsThatFalseBecameUninterruptible) {
  const auto difference = compare_code(object("xor    %esi,%esi", "2", "wait"),
                                       object("mov    $0x2,%esi", "5"), kRenamed);
  EXPECT_EQ(difference.change, CodeChange::kConstant);
  ASSERT_EQ(difference.functions.size(), 1U);
  EXPECT_EQ(difference.functions[0].function, "f");
  EXPECT_THAT(difference.functions[0].before,
              ElementsAre("xor %esi,%esi", "call wait_state", "pop %rbx"));
  EXPECT_EQ(difference.functions[0].after.front(), "mov $0x2,%esi");
}

TEST(CodeDifference, KnowsConstantsOfOtherArchitectures) {
  const auto arm = [](const std::string& load, const std::string& callee) {
    return "Disassembly of section .text:\n00000000 <f>:\n   0:\t" + load + "\n   4:\tbl\t0 <" +
           callee + ">\n\t\t\t4: R_AARCH64_CALL26\t" + callee + "\n   8:\tret\n";
  };
  EXPECT_EQ(compare_code(arm("mov\tw1, #0x0                   \t// #0", "wait"),
                         arm("mov\tw1, #0x2                   \t// #2", "wait_state"), kRenamed)
                .change,
            CodeChange::kConstant);
  EXPECT_EQ(
      compare_code(arm("movs\tr1, #0", "wait"), arm("movs\tr1, #2", "wait_state"), kRenamed).change,
      CodeChange::kConstant);
  EXPECT_EQ(compare_code(arm("li\tr4,0", "wait"), arm("li\tr4,2", "wait_state"), kRenamed).change,
            CodeChange::kConstant);
}

TEST(CodeDifference, ShowsEveryOtherConstant) {
  struct Case {
    const char *before, *after, *callee;
  };
  for (const Case& one : {Case{"mov    $0x1,%esi", "mov    $0x102,%esi", "wait_state"},
                          Case{"mov    $0x1,%esi", "mov    $0x2,%esi", "wait_state"},
                          Case{"xor    %esi,%esi", "mov    $0x2,%edx", "wait_state"},
                          Case{"mov    $0x0,%esi", "mov    $0x2,%esi", "sleep"}}) {
    const std::string callee_before = one.callee == std::string("wait_state") ? "wait" : one.callee;
    const auto difference = compare_code(object(one.before, "5", callee_before),
                                         object(one.after, "5", one.callee), kRenamed);
    EXPECT_EQ(difference.change, CodeChange::kOther) << one.after;
    ASSERT_EQ(difference.functions.size(), 1U);
    EXPECT_EQ(difference.functions[0].before.size(), 3U);
  }
}

// The constant need not be what the renamed function is given.
TEST(CodeDifference, DoesNotLookForTheCallBehindABranch) {
  const auto code = [](const std::string& load, const std::string& callee) {
    return "Disassembly of section .text:\n0000000000000000 <f>:\n   0:\t" + load +
           "\n   5:\tje     c <f+0xc>\n   7:\tcall   c <f+0xc>\n\t\t\t8: R_X86_64_PLT32\t" +
           callee + "-0x4\n   c:\tret\n";
  };
  EXPECT_EQ(
      compare_code(code("mov $0x0,%esi", "wait"), code("mov $0x2,%esi", "wait_state"), kRenamed)
          .change,
      CodeChange::kOther);
}

TEST(CodeDifference, ShowsWhatIsInsertedAndNotTheBranchOverIt) {
  const std::string before =
      "Disassembly of section .text:\n0000000000000000 <f>:\n   0:\tje     3 <f+0x3>\n"
      "   2:\tret\n   3:\tret\n";
  const std::string after =
      "Disassembly of section .text:\n0000000000000000 <f>:\n   0:\tje     6 <f+0x6>\n"
      "   2:\tmovzbl %sil,%esi\n   5:\tret\n   6:\tret\n";
  const auto difference = compare_code(before, after, kRenamed);
  EXPECT_EQ(difference.change, CodeChange::kOther);
  ASSERT_EQ(difference.functions.size(), 1U);
  EXPECT_EQ(difference.functions[0].before, (Texts{"ret", "ret"}));
  EXPECT_EQ(difference.functions[0].after.front(), "movzbl %sil,%esi");
}

// "xor" cannot stand between a comparison and what reads the flags; "mov" can, and the compiler
// makes use of that.
TEST(CodeDifference, AllowsWhatSetsUpTheCallAnotherOrder) {
  const auto code = [](const std::vector<std::string>& setup, const std::string& callee) {
    std::string text = "Disassembly of section .text:\n0000000000000000 <f>:\n";
    int at = 0;
    for (const std::string& line : setup) text += fmt::format("   {}:\t{}\n", at++, line);
    return text +
           fmt::format("   8:\tcall   d <f+0xd>\n\t\t\t9: R_X86_64_PLT32\t{}-0x4\n   d:\tret\n",
                       callee);
  };
  const auto change = [&](const Texts& before, const Texts& after,
                          const std::string& callee = "wait_state") {
    const std::string old_callee = callee == "wait_state" ? "wait" : callee;
    return compare_code(code(before, old_callee), code(after, callee), kRenamed).change;
  };
  const Texts before{"movabs $0x7fffffffffffffff,%rdx", "mov (%rsp),%rdi", "xor %esi,%esi"};
  EXPECT_EQ(change(before, {"mov (%rsp),%rdi", "mov $0x2,%esi", "movabs $0x7fffffffffffffff,%rdx"}),
            CodeChange::kConstant);
  EXPECT_EQ(change({"mov %rbx,%rdi", "mov $0x1,%esi"}, {"mov $0x1,%esi", "mov %rbx,%rdi"}),
            CodeChange::kName);
  EXPECT_EQ(change({"pop %rbx", "mov %rbp,%rdi"}, {"mov $0x1,%esi", "mov %rbp,%rdi", "pop %rbx"}),
            CodeChange::kArgument);

  // Another value, a missing one, one too many, another function.
  EXPECT_EQ(change(before, {"mov (%rsp),%rdi", "mov $0x2,%esi", "movabs $0x7ffffffffffffffe,%rdx"}),
            CodeChange::kOther);
  EXPECT_EQ(change(before, {"mov (%rsp),%rdi", "mov $0x2,%esi"}), CodeChange::kOther);
  EXPECT_EQ(change({"mov %rbx,%rdi"}, {"mov $0x1,%esi", "mov $0x1,%edx", "mov %rbx,%rdi"}),
            CodeChange::kOther);
  EXPECT_EQ(change(before, {"mov (%rsp),%rdi", "mov $0x2,%esi", "movabs $0x7fffffffffffffff,%rdx"},
                   "sleep"),
            CodeChange::kOther);
  // An order that matters: a register that both use, the stack, memory, flags.
  EXPECT_EQ(change({"mov %rbx,%rdi", "mov %rdx,%rbx"}, {"mov %rdx,%rbx", "mov %rbx,%rdi"}),
            CodeChange::kOther);
  EXPECT_EQ(change({"mov %r8d,%edi", "mov $0x5,%r8b"}, {"mov $0x5,%r8b", "mov %r8d,%edi"}),
            CodeChange::kOther);
  EXPECT_EQ(change({"mov 0x8(%rsp),%rdi", "pop %rbx"}, {"pop %rbx", "mov 0x8(%rsp),%rdi"}),
            CodeChange::kOther);
  EXPECT_EQ(change({"mov (%rax),%rdi", "mov %rdx,(%rbx)"}, {"mov %rdx,(%rbx)", "mov (%rax),%rdi"}),
            CodeChange::kOther);
  EXPECT_EQ(change({"cmp %eax,%ecx", "sete %dl"}, {"sete %dl", "cmp %eax,%ecx"}),
            CodeChange::kOther);
  // What is read behind the load is not what was there before.
  EXPECT_EQ(change({"mov %rsi,%rdi"}, {"mov $0x1,%esi", "mov %rsi,%rdi"}), CodeChange::kOther);
}

// A function that always slept interruptibly takes a state now. A branch to the call has to lead to
// what loads it.
TEST(CodeDifference, TellsThatAStateIsGivenInAddition) {
  const auto code = [](const std::string& to, const std::string& load, const std::string& callee) {
    return "Disassembly of section .text:\n0000000000000000 <f>:\n   0:\tje     " + to +
           "\n   2:\tpush   %rbx\n   3:\t" + load + "\n   8:\tmov    %rbx,%rdi\n" +
           "   b:\tcall   10 <f+0x10>\n\t\t\tc: R_X86_64_PLT32\t" + callee + "-0x4\n  10:\tret\n";
  };
  const std::string before = code("8 <f+0x8>", "nop", "wait");
  const auto difference =
      compare_code(before, code("3 <f+0x3>", "mov    $0x1,%esi", "wait_state"), kRenamed);
  EXPECT_EQ(difference.change, CodeChange::kArgument);
  ASSERT_EQ(difference.functions.size(), 1U);
  EXPECT_EQ(difference.functions[0].before.front(), "mov %rbx,%rdi");
  EXPECT_EQ(difference.functions[0].after.front(), "mov $0x1,%esi");
  for (const auto& other : {code("8 <f+0x8>", "mov    $0x1,%esi", "wait_state"),
                            code("3 <f+0x3>", "mov    $0x102,%esi", "wait_state"),
                            code("3 <f+0x3>", "mov    $0x1,%esi", "wait")})
    EXPECT_EQ(compare_code(before, other, kRenamed).change, CodeChange::kOther) << other;
}

// CONFIG_ZERO_CALL_USED_REGS.
TEST(CodeDifference, AllowsARegisterMoreToBeClearedBeforeTheReturn) {
  const auto code = [](const Texts& end) {
    std::string text =
        "Disassembly of section .text:\n0000000000000000 <f>:\n   0:\tje     2 <f+0x2>\n";
    int at = 2;
    for (const std::string& line : end) text += fmt::format("   {}:\t{}\n", at++, line);
    return text + fmt::format(
                      "   {}:\tjmp    9 <f+0x9>\n\t\t\t9: "
                      "R_X86_64_PLT32\t__x86_return_thunk-0x4\n",
                      at);
  };
  const auto change = [&](const Texts& before, const Texts& after) {
    return compare_code(code(before), code(after), kRenamed).change;
  };
  EXPECT_EQ(change({"xor %edi,%edi"}, {"xor %esi,%esi", "xor %edi,%edi"}), CodeChange::kArgument);
  EXPECT_EQ(change({}, {"xor %ecx,%ecx"}), CodeChange::kArgument);
  EXPECT_EQ(change({}, {"xor %eax,%eax"}), CodeChange::kOther) << "the result";
  EXPECT_EQ(change({}, {"xor %ebx,%ebx"}), CodeChange::kOther) << "the caller's";
  EXPECT_EQ(change({"xor %edi,%edi"}, {}), CodeChange::kOther) << "one less";
  EXPECT_EQ(change({"pop %rbx"}, {"xor %esi,%esi", "pop %rbx"}), CodeChange::kOther);
}

// A body that was inlined has another callee, and here another length.
TEST(CodeDifference, ComparesFunctionsByName) {
  const std::string f = object("mov    $0x1,%esi", "5", "wait");
  const std::string g = object("mov    $0x1,%esi", "5", "wait", "g");
  EXPECT_EQ(compare_code(f + g, g + f, {}).change, CodeChange::kSame);
  const auto difference = compare_code(f, g, {});
  EXPECT_EQ(difference.change, CodeChange::kOther);
  ASSERT_EQ(difference.functions.size(), 2U);
  EXPECT_THAT(difference.functions[0].after, IsEmpty());
  EXPECT_THAT(difference.functions[1].before, IsEmpty());
}

TEST(CodeDifference, LeavesOutTheNumbersThatTheCompilerCounts) {
  const auto code = [](const std::string& number) {
    return "Disassembly of section .text:\n0000000000000000 <f.constprop." + number +
           ">:\n   0:\tlea    0x0(%rip),%rdi        # 7 <f+0x7>\n\t\t\t3: "
           "R_X86_64_PC32\t__already_done." +
           number + "-0x4\n   7:\tret\n";
  };
  EXPECT_EQ(compare_code(code("1"), code("23"), {}).change, CodeChange::kSame);
}

// A twin that the header makes of the old function stands under the old name's body.
TEST(CodeDifference, FollowsAnInlineFunctionThatIsNotInlined) {
  EXPECT_EQ(compare_code(object("mov    $0x1,%esi", "5", "wait", "wait"),
                         object("mov    $0x1,%esi", "5", "wait_state", "wait_state"), kRenamed)
                .change,
            CodeChange::kName);
}

// The cold part of a function moves when another one grows.
TEST(CodeDifference, ResolvesReferencesToOtherSections) {
  const auto code = [](const std::string& cold, const std::string& before_cold) {
    return "Disassembly of section .text:\n0000000000000000 <f>:\n"
           "   0:\tjne    6 <f+0x6>\n\t\t\t2: R_X86_64_PC32\t.text.unlikely" +
           before_cold + "\n   6:\tret\nDisassembly of section .text.unlikely:\n" + cold;
  };
  const std::string early =
      "0000000000000000 <e.cold>:\n   0:\tud2\n0000000000000002 <f.cold>:\n"
      "   2:\tud2\n";
  const std::string late =
      "0000000000000000 <e.cold>:\n   0:\tnopl   (%rax)\n   6:\tud2\n"
      "0000000000000008 <f.cold>:\n   8:\tud2\n";
  EXPECT_EQ(compare_code(code(early, "-0x2"), code(late, "+0x4"), {}).change, CodeChange::kSame);
  EXPECT_EQ(compare_code(code(early, "-0x2"), code(late, "+0x2"), {}).change, CodeChange::kOther);
}

}  // namespace
}  // namespace killify
