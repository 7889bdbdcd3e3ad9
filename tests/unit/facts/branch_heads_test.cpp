// Functions whose head stands in branches of an #if.
#include "facts/branch_heads.h"

#include "facts/sketch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kOld = "int box_fault(struct vm_area_struct *vma, struct vm_fault *vmf)\n{\n";
const std::string kNew =
    "vm_fault_t box_fault(struct vm_fault *vmf)\n{\n\tstruct vm_area_struct *vma = vmf->vma;\n";
const std::string kBody = "\treturn box(vma, vmf);\n}\nint after(void)\n{\n}\n";

// That the text shows this head, on the lines that it had, and comes back.
void expect_shown(const std::string& text, const std::string& head) {
  const auto sketch = Sketch::of(text);
  ASSERT_THAT(sketch->heads(), SizeIs(1)) << text;
  ASSERT_THAT(sketch->functions(), SizeIs(2)) << sketch->text();
  EXPECT_EQ(sketch->functions()[0].name, "box_fault");
  EXPECT_THAT(sketch->text(), HasSubstr(head));
  EXPECT_EQ(std::ranges::count(sketch->text(), '\n'), std::ranges::count(text, '\n'));
  EXPECT_EQ(with_heads_written(sketch->text(), sketch->heads()), text);
  EXPECT_EQ(with_heads_meant(text, sketch->heads()), sketch->text());
}

TEST(BranchHeads, TheNewestKernelsBranchIsShown) {
  const std::string version = "#if LINUX_VERSION_CODE ";
  expect_shown(
      version + ">= KERNEL_VERSION(4, 17, 0)\n" + kNew + "#else\n" + kOld + "#endif\n" + kBody,
      "*/\n" + kNew + "/*");
  expect_shown(version + "< KERNEL_VERSION(4, 17, 0)\n" + kOld + "#else /* newer */\n" + kNew +
                   "#endif /* version */\n" + kBody,
               "*/\n" + kNew + "/*");
  expect_shown("#if KERNEL_VERSION(4, 17, 0) <= LINUX_VERSION_CODE\n" + kNew + "#else\n" + kOld +
                   "#endif\n" + kBody,
               "*/\n" + kNew + "/*");
  expect_shown("#ifdef HAVE_VMF_ONLY\n" + kNew + "#else\n" + kOld + "#endif\n" + kBody,
               "*/\n" + kNew + "/*");
}

TEST(BranchHeads, TheBodyMayBeginBehindAndBranchesMayBeNested) {
  expect_shown(
      "#ifdef A\nstatic int box_fault(int a)\n#else\nstatic int box_fault(long a)\n#endif\n"
      "{\n" +
          kBody,
      "*/\nstatic int box_fault(int a)\n/*");
  expect_shown("#if LINUX_VERSION_CODE < KERNEL_VERSION(4, 11, 0)\n" + kOld +
                   "#else\n#if LINUX_VERSION_CODE < KERNEL_VERSION(4, 17, 0)\n" + kOld + "#else\n" +
                   kNew + "#endif\n#endif\n" + kBody,
               "*/\n" + kNew + "/*");
}

TEST(BranchHeads, ABranchThatIsShownMayHoldBranches) {
  const std::string text =
      "#if LINUX_VERSION_CODE < KERNEL_VERSION(4, 11, 0)\n" + kOld +
      "#else\n#if LINUX_VERSION_CODE < KERNEL_VERSION(4, 17, 0)\n"
      "int box_fault(struct vm_fault *vmf)\n#else\nvm_fault_t box_fault(struct vm_fault *vmf)\n"
      "#endif\n{\n\tstruct vm_area_struct *vma = vmf->vma;\n#endif\n" +
      kBody;
  const auto sketch = Sketch::of(text);
  EXPECT_THAT(sketch->heads(), SizeIs(2));
  ASSERT_THAT(sketch->functions(), SizeIs(2));
  EXPECT_THAT(sketch->text(), HasSubstr("*/\nvm_fault_t box_fault(struct vm_fault *vmf)\n/*"));
  EXPECT_EQ(with_heads_written(sketch->text(), sketch->heads()), text);
}

TEST(BranchHeads, OtherBranchesStayAsTheyAre) {
  for (const auto& text : std::vector<std::string>{
           // A function in each.
           "#ifdef A\n" + kNew + "}\n#else\n" + kOld + "}\n#endif\n",
           // The head is not in each.
           "#ifdef A\n" + kNew + "#endif\n" + kBody,
           // Inside of a function.
           "void f(void)\n{\n#ifdef A\n\tif (a) {\n#else\n\tif (b) {\n#endif\n\t}\n}\n",
           // No function.
           "#ifdef A\nstruct a {\n#else\nstruct b {\n#endif\n\tint x;\n};\n",
           // Never closed.
           "#ifdef A\n" + kNew + "#else\n" + kOld})
    EXPECT_THAT(Sketch::of(text)->heads(), IsEmpty()) << text;
}

// Neither the stack nor the time grows with what a file nests.
TEST(BranchHeads, DeepNestingIsLeftAlone) {
  std::string text = "int before(void)\n{\n}\n";
  for (int i = 0; i < 20000; ++i) text += "#ifdef A\n";
  text += kNew;
  for (int i = 0; i < 20000; ++i) text += "#else\n" + kOld + "#endif\n";
  EXPECT_THAT(Sketch::of(text + kBody)->heads(), IsEmpty());
}

TEST(BranchHeads, ALostPieceIsNoticed) {
  const auto sketch = Sketch::of("#ifdef A\n" + kNew + "#else\n" + kOld + "#endif\n" + kBody);
  std::string changed = sketch->text();
  EXPECT_TRUE(has_all_pieces(changed, sketch->text(), sketch->heads()));
  changed.erase(changed.find("/*"), 7);
  EXPECT_FALSE(has_all_pieces(changed, sketch->text(), sketch->heads()));
}

}  // namespace
}  // namespace killify
