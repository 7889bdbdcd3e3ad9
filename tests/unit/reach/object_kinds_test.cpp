// Which objects a handler is given, and which table a pointer points at.
#include "support/small_audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using test::fault;
using test::function;
using test::SmallTree;
using testing::ElementsAre;
using testing::IsEmpty;

// Cells of two kinds: far ones sleep in their get(), and have a table of handlers.
const std::string kCells =
    "struct cell_ops {\n\tint (*get)(struct cell *c);\n"
    "\tconst struct vm_operations_struct *vm_ops;\n};\n"
    "struct cell {\n\tconst struct cell_ops *ops;\n\tstruct mutex lock;\n};\n"
    "static int near_get(struct cell *c)\n{\n\treturn 0;\n}\n"
    "static int far_get(struct cell *c)\n{\n\treturn mutex_lock_interruptible(&c->lock);\n}\n";
const std::string kCellFault = fault("a",
                                     "\tstruct cell *c = vmf->vma->vm_private_data;\n"
                                     "\tif (c->ops->get(c))\n\t\treturn 2;\n");
const std::string kTables =
    "static const struct cell_ops near_ops = {\n\t.get = near_get,\n};\n"
    "static const struct cell_ops far_ops = {\n\t.get = far_get,\n\t.vm_ops = &far_vm_ops,\n};\n"
    "static void cell_init(struct cell *c, const struct cell_ops *ops)\n{\n\tc->ops = ops;\n}\n";

std::string mmap(const std::string& body) {
  return function("a_mmap", "struct vm_area_struct *vma, struct cell *c", body);
}
const std::string kKeep = "\tvma->vm_private_data = c;\n";
const std::string kPut = "\tvma->vm_ops = &a_ops;\n";

std::vector<std::string> sleeps(const std::string& text,
                                const std::string& object = "vma->vm_private_data") {
  SmallTree tree({{"drivers/a/a.c", text}});
  for (auto& root : tree.series.roots) root.object = object;
  std::vector<std::string> chains;
  for (const auto& [chain, verdict] : test::verdicts_of(tree)) chains.push_back(chain);
  return chains;
}
std::vector<std::string> sleeps_where(const std::string& body) {
  return sleeps(kCells + kCellFault + kTables + mmap(body));
}
const auto kFar = ElementsAre("a_fault > far_get > mutex_lock_interruptible");

TEST(ObjectKinds, AHandlerOfOneKindIsNotGivenTheOther) {
  EXPECT_THAT(sleeps_where("\tif (c->ops->vm_ops) {\n\t\tvma->vm_ops = c->ops->vm_ops;\n"
                           "\t\treturn 0;\n\t}\n" +
                           kKeep + kPut),
              IsEmpty());
  EXPECT_THAT(sleeps_where(kKeep + "\tif (!c->ops->vm_ops)\n\t" + kPut), IsEmpty());
  EXPECT_THAT(sleeps_where(kKeep + "\tif (c->ops == &near_ops)\n\t" + kPut), IsEmpty());
}

TEST(ObjectKinds, TheKindThatSleepsIsFound) {
  EXPECT_THAT(sleeps_where(kKeep + "\tif (c->ops->vm_ops)\n\t" + kPut), kFar);
  EXPECT_THAT(sleeps_where(kKeep + "\tif (c->ops == &far_ops)\n\t" + kPut), kFar);
}

TEST(ObjectKinds, EveryWayThatPutsTheTableThereCounts) {
  const std::string asked = "\tif (!c->ops->vm_ops)\n\t" + kPut;
  EXPECT_THAT(sleeps_where(kKeep + kPut), kFar);
  EXPECT_THAT(sleeps_where(kKeep + asked + "\telse if (vma->vm_pgoff)\n\t" + kPut), kFar);
  EXPECT_THAT(sleeps(kCells + kCellFault + kTables + mmap(kKeep + asked) +
                     function("a_map", "struct vm_area_struct *vma, struct cell *c", kKeep + kPut)),
              kFar);
  EXPECT_THAT(sleeps(kCells + kCellFault + kTables + mmap(kKeep + asked) +
                     "static const struct b_driver b = {\n\t.vm_ops = &a_ops,\n};\n"),
              kFar);
}

TEST(ObjectKinds, WhatIsKeptHasToBeWhatWasAskedAbout) {
  const std::string asked = "\tif (!c->ops->vm_ops)\n\t" + kPut;
  EXPECT_THAT(sleeps_where("\tvma->vm_private_data = other(c);\n" + asked), kFar);
  EXPECT_THAT(sleeps_where(asked), kFar);
  EXPECT_THAT(sleeps_where(kKeep + "\tif (!c->ops->vm_ops) {\n\t\tc = other(c);\n" + kKeep + kPut +
                           "\t}\n"),
              kFar);
  EXPECT_THAT(sleeps(kCells + kCellFault + kTables + mmap(kKeep + asked), ""), kFar);
}

TEST(ObjectKinds, AnObjectMayBecomeOneOfAnotherKind) {
  EXPECT_THAT(sleeps(kCells + kCellFault + kTables +
                     function("cell_move", "struct cell *c", "\tc->ops = &far_ops;\n") +
                     mmap(kKeep + "\tif (!c->ops->vm_ops)\n\t" + kPut)),
              kFar);
}

// The object is behind what is kept: callers have to hand over both.
const std::string kSlots = "struct slot {\n\tstruct cell *cell;\n};\n";
const std::string kSlotFault = fault("a",
                                     "\tstruct slot *s = vmf->vma->vm_private_data;\n"
                                     "\tstruct cell *c = s->cell;\n"
                                     "\tif (c->ops->get(c))\n\t\treturn 2;\n");
std::vector<std::string> sleeps_by(const std::string& caller) {
  return sleeps(
      kCells + kSlots + kSlotFault + kTables +
      function("put", "struct cell *c, struct slot *s, struct vm_area_struct *vma",
               "\tif (c->ops->vm_ops)\n\t\treturn 0;\n\tvma->vm_private_data = s;\n" + kPut) +
      function("a_mmap", "struct vm_area_struct *vma, struct slot *given", caller));
}

TEST(ObjectKinds, CallersTellHowTheObjectIsFound) {
  EXPECT_THAT(sleeps_by("\tstruct slot *s = NULL;\n\tstruct cell *c = NULL;\n\ts = given;\n"
                        "\tc = cell_get(s->cell);\n\treturn put(c, s, vma);\n"),
              IsEmpty());
  EXPECT_THAT(sleeps_by("\tstruct slot *s = given;\n\tstruct cell *c = some_cell();\n"
                        "\treturn put(c, s, vma);\n"),
              kFar);
  EXPECT_THAT(sleeps_by("\tstruct slot *s = given;\n\tstruct cell *c = s->cell;\n"
                        "\tif (vma->vm_pgoff)\n\t\ts = other_slot();\n"
                        "\treturn put(c, s, vma);\n"),
              kFar);
}

// --- tables ---------------------------------------------------------------------------------

const std::string kWalk =
    "struct walk_ops {\n\tint (*entry)(struct cell *c);\n};\n"
    "struct walk {\n\tconst struct walk_ops *ops;\n\tstruct cell *cell;\n};\n"
    "struct outer {\n\tstruct walk walk;\n};\n" +
    kCells +
    "static const struct walk_ops near_walk = {\n\t.entry = near_get,\n};\n"
    "static const struct walk_ops far_walk = {\n\t.entry = far_get,\n};\n"
    "static int run(const struct walk_ops *ops, struct cell *c)\n{\n"
    "\treturn ops->entry(c);\n}\n"
    "static int run_walk(struct walk *w)\n{\n\treturn w->ops->entry(w->cell);\n}\n"
    "static int others(struct cell *c)\n{\n\treturn run(&far_walk, c);\n}\n";

TEST(Tables, APointerIsTheTableThatThisChainPasses) {
  EXPECT_THAT(sleeps(kWalk + fault("a", "\tif (run(&near_walk, c))\n\t\treturn 2;\n")), IsEmpty());
  EXPECT_THAT(sleeps(kWalk + fault("a", "\tif (run(&far_walk, c))\n\t\treturn 2;\n")),
              ElementsAre("a_fault > run > far_get > mutex_lock_interruptible"));
  EXPECT_THAT(sleeps(kWalk + fault("a", "\tif (run(some, c))\n\t\treturn 2;\n")),
              ElementsAre("a_fault > run > far_get > mutex_lock_interruptible"));
}

TEST(Tables, AnObjectInAnObjectCarriesIt) {
  auto walks = [](const std::string& table, const std::string& more = {}) {
    return sleeps(kWalk + fault("a", "\tstruct outer o = {\n\t\t.walk = {\n\t\t\t.ops = &" + table +
                                         ",\n\t\t},\n\t};\n" + more +
                                         "\tif (run_walk(&o.walk))\n\t\treturn 2;\n"));
  };
  const auto far = ElementsAre("a_fault > run_walk > far_get > mutex_lock_interruptible");
  EXPECT_THAT(walks("near_walk"), IsEmpty());
  EXPECT_THAT(walks("far_walk"), far);
  EXPECT_THAT(walks("near_walk", "\to.walk.ops = some;\n"), far);
}

// One that a function of the file gives another entry is not what its initialiser says.
TEST(Tables, WhatIsChangedLaterIsNotKnown) {
  EXPECT_THAT(sleeps(kWalk + "static struct walk_ops odd_walk = {\n\t.entry = near_get,\n};\n" +
                     function("odd", "void", "\todd_walk.entry = far_get;\n") +
                     fault("a", "\tif (run(&odd_walk, c))\n\t\treturn 2;\n")),
              ElementsAre("a_fault > run > far_get > mutex_lock_interruptible"));
}

// What is called through its object's table knows which table that is.
TEST(Tables, AFunctionIsOfItsOwnTable) {
  const std::string more =
      "struct cell_ops {\n\tint (*get)(struct cell *c);\n\tint (*put)(struct cell *c);\n};\n"
      "struct cell {\n\tconst struct cell_ops *ops;\n\tstruct mutex lock;\n};\n"
      "static int put_it(struct cell *c)\n{\n\treturn c->ops->put(c);\n}\n"
      "static int near_put(struct cell *c)\n{\n\treturn 0;\n}\n"
      "static int far_put(struct cell *c)\n{\n\treturn mutex_lock_interruptible(&c->lock);\n}\n"
      "static int near_get(struct cell *c)\n{\n\treturn put_it(c);\n}\n"
      "static const struct cell_ops near_ops = {\n\t.get = near_get,\n\t.put = near_put,\n};\n";
  auto far = [&](const std::string& get) {
    return sleeps(more + "static const struct cell_ops far_ops = {\n\t.get = " + get +
                  ",\n\t.put = far_put,\n};\n" +
                  fault("a",
                        "\tstruct cell *c = cell_of(vmf);\n\tif (c->ops->get(c))\n"
                        "\t\treturn 2;\n"));
  };
  EXPECT_THAT(far("NULL"), IsEmpty());
  EXPECT_THAT(far("near_get"),
              ElementsAre("a_fault > near_get > put_it > far_put > mutex_lock_interruptible"));
}

}  // namespace
}  // namespace killify
