// Calls through a pointer to a table of handlers: what the pointer was assigned, and what is not
// known of it.
#include "support/small_audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using test::chain_text;
using test::findings_of;
using test::function;
using test::kSleep;
using test::SmallTree;
using test::value_of;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const std::string kMm =
    "struct vm_operations_struct {\n\tvm_fault_t (*fault)(struct vm_fault *vmf);\n};\n"
    "struct vm_area_struct {\n\tconst struct vm_operations_struct *vm_ops;\n};\n";
// A core driver with a handler that sleeps, and what others call to have it.
const std::string kCore =
    "static vm_fault_t core_fault(struct vm_fault *vmf)\n{\n" + kSleep + "\treturn 0;\n}\n" +
    "static const struct vm_operations_struct core_ops = {\n\t.fault = core_fault,\n};\n" +
    "static void core_set(struct vm_area_struct *area)\n{\n\tarea->vm_ops = &core_ops;\n}\n" +
    "int core_mmap(struct file *file, struct vm_area_struct *vma)\n{\n\tcore_set(vma);\n"
    "\treturn 0;\n}\nEXPORT_SYMBOL(core_mmap);\n";
const std::string kWrapped = "wrap_fault > core_fault > mutex_lock_interruptible";

// A driver whose handler calls `call`, and whose mmap() is this.
std::string wrapper(const std::string& variables, const std::string& call,
                    const std::string& mmap) {
  return variables + "static vm_fault_t wrap_fault(struct vm_fault *vmf)\n{\n" + call + "}\n" +
         "static const struct vm_operations_struct wrap_ops = {\n\t.fault = wrap_fault,\n};\n" +
         "int wrap_mmap(struct file *file, struct vm_area_struct *vma)\n{\n" + mmap +
         "\tvma->vm_ops = &wrap_ops;\n\treturn 0;\n}\n";
}

struct Seen {
  std::vector<std::string> chains;      // of wrap_fault
  std::vector<std::string> unresolved;  // calls of handlers
};
Seen seen(const std::string& driver, test::Files more = {}) {
  more["include/linux/mm.h"] = kMm;
  more["drivers/core/core.c"] = kCore;
  more["drivers/wrap/wrap.c"] = driver;
  SmallTree tree(std::move(more));
  const auto result = value_of(audit(*tree.facts, tree.series, {}));
  Seen seen;
  for (const auto& finding : result.findings)
    if (finding.handler.function == "wrap_fault") seen.chains.push_back(chain_text(finding));
  for (const auto& call : result.coverage.unresolved)
    if (call.handler) seen.unresolved.push_back(call.callee);
  return seen;
}

const std::string kKept = "static const struct vm_operations_struct *kept;\n";

TEST(OpsPointers, AreFollowedToWhatTheCallerOfMmapPutThere) {
  const auto found =
      seen(wrapper(kKept, "\treturn kept->fault(vmf);\n",
                   "\tcore_mmap(file, vma);\n\tif (kept == NULL)\n\t\tkept = vma->vm_ops;\n"));
  EXPECT_THAT(found.chains, ElementsAre(kWrapped));
  EXPECT_THAT(found.unresolved, IsEmpty());
}

TEST(OpsPointers, AreFollowedThroughAMemberOfTheDriversOwn) {
  const auto found = seen(wrapper(
      "struct box {\n\tconst struct vm_operations_struct *kept;\n\tstruct mutex lock;\n};\n",
      "\tstruct box *box = vmf->box;\n\n\treturn box->kept->fault(vmf);\n",
      "\tstruct box *box = file->box;\n\n\tcore_mmap(file, vma);\n\tbox->kept = vma->vm_ops;\n"));
  EXPECT_THAT(found.chains, ElementsAre(kWrapped));
  EXPECT_THAT(found.unresolved, IsEmpty());
}

TEST(OpsPointers, ACopyHoldsWhatItIsACopyOf) {
  const std::string copied = kKept + "static struct vm_operations_struct copy;\n";
  const std::string mmap = "\tcore_mmap(file, vma);\n\tkept = vma->vm_ops;\n\tcopy = *kept;\n";
  EXPECT_THAT(seen(wrapper(copied, "\treturn copy.fault(vmf);\n", mmap)).chains,
              ElementsAre(kWrapped));
  // But where an own function takes the place.
  const auto other =
      seen(wrapper(copied + "static vm_fault_t quiet(struct vm_fault *vmf)\n{\n\treturn 0;\n}\n",
                   "\treturn copy.fault(vmf);\n", mmap + "\tcopy.fault = &quiet;\n"));
  EXPECT_THAT(other.chains, IsEmpty());
  EXPECT_THAT(other.unresolved, IsEmpty());
}

TEST(OpsPointers, AHelperIsGivenWhatItsCallerHadSet) {
  const std::string take =
      kKept + function("take", "struct vm_area_struct *area", "\tkept = area->vm_ops;\n");
  const auto found = seen(
      wrapper(take, "\treturn kept->fault(vmf);\n", "\tcore_mmap(file, vma);\n\ttake(vma);\n"));
  EXPECT_THAT(found.chains, ElementsAre(kWrapped));
  EXPECT_THAT(found.unresolved, IsEmpty());
  // Nobody has set it where it is taken: not the driver's own table, which comes later.
  for (const std::string mmap : {"\ttake(vma);\n", ""}) {
    const auto unknown = seen(wrapper(take, "\treturn kept->fault(vmf);\n", mmap));
    EXPECT_THAT(unknown.chains, IsEmpty());
    EXPECT_THAT(unknown.unresolved, ElementsAre("vm_operations_struct->fault")) << mmap;
  }
}

TEST(OpsPointers, WhatIsPutThereLaterDoesNotCount) {
  const auto found = seen(wrapper(kKept, "\treturn kept->fault(vmf);\n",
                                  "\tkept = vma->vm_ops;\n\tcore_mmap(file, vma);\n"));
  EXPECT_THAT(found.chains, IsEmpty());
  EXPECT_THAT(found.unresolved, ElementsAre("vm_operations_struct->fault"));
}

TEST(OpsPointers, WhatAFileBringsAlongIsNamed) {
  const auto found = seen(wrapper(kKept, "\treturn kept->fault(vmf);\n",
                                  "\tfile->f_op->mmap(file, vma);\n\tkept = vma->vm_ops;\n"));
  EXPECT_THAT(found.chains, IsEmpty());
  EXPECT_THAT(found.unresolved, ElementsAre("vm_operations_struct->fault"));
}

// Another file's table of that name is this one only where it is there for others.
TEST(OpsPointers, AStaticTableOfAnotherFileIsNone) {
  const std::string other = "struct vm_operations_struct kept = {\n\t.fault = core_fault,\n};\n";
  const std::string local =
      "int other(void)\n{\n\tstruct vm_operations_struct kept = {\n\t\t.fault = "
      "core_fault,\n\t};\n\n"
      "\treturn use(&kept);\n}\n";
  const auto driver =
      wrapper("extern struct vm_operations_struct kept;\n", "\treturn kept.fault(vmf);\n", "");
  const auto with = [&](const std::string& table) {
    return seen(driver,
                {{"drivers/core/more.c", "vm_fault_t core_fault(struct vm_fault *vmf)\n{\n" +
                                             kSleep + "\treturn 0;\n}\n" + table}});
  };
  EXPECT_THAT(with(other).chains, ElementsAre(kWrapped));
  EXPECT_THAT(with("static " + other).chains, IsEmpty());
  EXPECT_THAT(with(local).chains, IsEmpty());
}

// --- calls that lead nowhere -----------------------------------------------------------------

std::vector<std::string> unresolved_of(const std::string& body, const std::string& more = {}) {
  SmallTree tree({{"include/linux/mm.h", kMm}, {"d/box.c", more + test::fault("box", body)}});
  std::vector<std::string> names;
  for (const auto& call : value_of(audit(*tree.facts, tree.series, {})).coverage.unresolved)
    names.push_back(call.callee);
  return names;
}

TEST(Unresolved, IsWhatHasNoDefinitionAndNoBinding) {
  EXPECT_THAT(unresolved_of("\tnowhere(vmf);\n\tnowhere(0);\n\tvmf->box->move(vmf);\n"),
              UnorderedElementsAre("?->move", "nowhere"));
}

TEST(Unresolved, IsNothingThatIsKnownOrBehindABoundary) {
  EXPECT_THAT(unresolved_of("\thelper(1);\n\tkfree(vmf);\n\tif (sizeof(int) > __builtin_abs(1))\n"
                            "\t\treturn TWICE(1);\n",
                            function("helper", "int x", "") + "#define TWICE(x) (2 * (x))\n"),
              IsEmpty());
}

TEST(Unresolved, IsAParameterThatNobodyGivesAFunction) {
  const std::string run = function("run", "int (*step)(int x)", "\tstep(1);\n");
  EXPECT_THAT(unresolved_of("\trun(vmf->step);\n", run), ElementsAre("step"));
  EXPECT_THAT(unresolved_of("\trun(helper);\n", function("helper", "int x", "") + run), IsEmpty());
}

TEST(Unresolved, SaysWhichHandlersComeThere) {
  SmallTree tree({{"d/box.c", test::fault("box", "\tnowhere(vmf);\n") + test::fault("lid", "")}});
  const auto result = value_of(audit(*tree.facts, tree.series, {}));
  EXPECT_THAT(result.coverage.unresolved,
              ElementsAre(AllOf(Field(&UnresolvedCall::handlers, ElementsAre(0U)),
                                Field(&UnresolvedCall::calls, 1U),
                                Field(&UnresolvedCall::places, ElementsAre("d/box.c:3")))));
}

}  // namespace
}  // namespace killify
