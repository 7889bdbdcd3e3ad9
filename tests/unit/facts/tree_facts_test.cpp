#include "facts/tree_facts.h"

#include "facts/told_macros.h"
#include "support/small_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

namespace killify {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> callees_in(const SourceFacts& facts, const std::string& function) {
  std::vector<std::string> callees;
  for (const auto* call : facts.calls_in(function)) callees.push_back(call->callee);
  return callees;
}

TEST(TreeFacts, AreReadManyFilesAtOnceAndTheSameAsOneByOne) {
  const test::Files files = {{"a.c", "static int f(void)\n{\n\treturn g(1);\n}\n"},
                             {"b.h", "static inline int g(int i)\n{\n\treturn h(i);\n}\n"}};
  test::SmallTree together(files);
  std::vector<const TreeEntry*> entries;
  for (const auto& [path, text] : files) entries.push_back(together.snapshot.find(path));
  ASSERT_TRUE(together.facts->read_ahead(entries, "Reading"));
  EXPECT_EQ(together.facts->read_so_far().size(), 2U);
  EXPECT_THAT(callees_in(*together.facts->read_so_far().at("a.c"), "f"), ElementsAre("g"));

  test::SmallTree alone(files);
  EXPECT_THAT(callees_in(*test::value_of(alone.facts->of("a.c")), "f"), ElementsAre("g"));
  EXPECT_THAT(callees_in(*test::value_of(alone.facts->of("b.h")), "g"), ElementsAre("h"));
}

// spatch alone takes "with_lock(x) g(x);" for two statements without a semicolon, and gives up.
TEST(TreeFacts, AFunctionThatUsesALoopMacroOfTheTreeIsParsed) {
  test::SmallTree tree({{"include/linux/lock.h",
                         "#define with_lock(l) for (int i_ = lock(l); i_; i_ = unlock(l))\n"
                         "#define with_big_lock(a, b) with_lock(a)\n"},
                        {"a.c",
                         "#define with_own(l) if (try(l))\n"
                         "void f(void)\n{\n\tint ret;\n\n\twith_lock(x)\n\t\tret = g(x);\n"
                         "\twith_big_lock(x, y) {\n\t\th();\n\t}\n\twith_own(z)\n\t\ti();\n}\n"}});
  const auto* facts = test::value_of(tree.facts->of("a.c"));
  EXPECT_EQ(facts->status, ParseStatus::kComplete);
  EXPECT_THAT(callees_in(*facts, "f"), testing::IsSupersetOf({"g", "h", "i"}));
}

// Guards are variadic macros over such loops, with statements and compound literals as arguments.
TEST(TreeFacts, AFunctionWithGuardedStatementsIsParsed) {
  test::SmallTree tree(
      {{"include/linux/cleanup.h",
        "#define __scoped(_name, args...) for (CLASS(_name, scope)(args); ok(&scope); )\n"
        "#define scoped_guard(_name, args...) __scoped(_name, args)\n"
        "#define scoped_cond_guard(_name, _fail, args...) __scoped(_name, args) "
        "if (!ok(&scope)) { _fail; break; } else\n"
        "#define box_guard(_ctx, _flags, _ret) scoped_guard(box, _ctx, _flags, &_ret)\n"},
       {"a.c",
        "int f(struct box *box)\n{\n\tscoped_cond_guard(mutex_try, return -EINTR, &box->l) {\n"
        "\t\tg(box);\n\t}\n\tscoped_guard(mutex, &box->l)\n\t\th(box);\n"
        "\tbox_guard(&ctx, (struct box_flags) {.interruptible = true}, err) {\n\t\ti(box);\n\t}\n"
        "\treturn 0;\n}\n"}});
  const auto* facts = test::value_of(tree.facts->of("a.c"));
  EXPECT_EQ(facts->status, ParseStatus::kComplete);
  EXPECT_THAT(callees_in(*facts, "f"), testing::IsSupersetOf({"g", "h", "i"}));
}

TEST(TreeFacts, ALockThatAGuardHidesIsShown) {
  const std::string code =
      "int f(struct box *box)\n{\n\tscoped_cond_guard(mutex_intr, return -EINTR, &box->l) {\n"
      "\t\tg(box);\n\t}\n\treturn 0;\n}\n";
  test::SmallTree tree(
      {{"include/linux/mutex.h",
        "DEFINE_GUARD_COND(mutex, _intr, mutex_lock_interruptible(_T) == 0)\n"},
       {"tools/include/linux/mutex.h", "DEFINE_GUARD_COND(mutex, _intr, another_lock(_T) == 0)\n"},
       {"a.c", code}});
  const auto* facts = test::value_of(tree.facts->of("a.c"));
  EXPECT_EQ(facts->status, ParseStatus::kComplete);
  EXPECT_THAT(callees_in(*facts, "f"), ElementsAre("mutex_lock_interruptible", "g"));
  const auto* sketch = test::value_of(tree.facts->sketch("a.c"));
  EXPECT_FALSE(sketch->as_written());
  ASSERT_EQ(sketch->guard_locks().size(), 1U);
  EXPECT_EQ(sketch->guard_locks()[0].line, 3);
  EXPECT_EQ(test::value_of(tree.facts->text("a.c")), code);
}

// spatch alone takes "__cond_acquires(0, lock)" for something it does not know, and gives up.
TEST(TreeFacts, AFunctionBehindAttributesOfTheTreeIsParsed) {
  test::SmallTree tree(
      {{"include/linux/analysis.h",
        "#ifdef ANALYSIS\n"
        "#define __try_acquires_lock(ret, x) __attribute__((try_acquire_capability(ret, x)))\n"
        "#else\n"
        "#define __try_acquires_lock(ret, x)\n"
        "#endif\n"
        "#define __cond_impl_0(x, ...) __try_acquires##__VA_ARGS__##_lock(0, x)\n"
        "#define __cond_impl_true(x, ...) __try_acquires##__VA_ARGS__##_lock(1, x)\n"
        "#define __cond_acquires(ret, x) __cond_impl_##ret(x)\n"
        "#define HANDLER(name) int name(int x)\n"},
       {"a.c",
        "int f(struct lock *lock) __cond_acquires(0, lock) __cold __cond_acquires(true, lock);\n"
        "int f(struct lock *lock)\n\t__cond_acquires(0, lock)\n{\n\treturn g(lock);\n}\n"
        "DECLARE(f)\nHANDLER(handler)\n{\n\treturn h(x);\n}\n"}});
  const auto* sketch = test::value_of(tree.facts->sketch("a.c"));
  const auto macros = test::value_of(told_macros(*tree.facts, *sketch));
  EXPECT_THAT(macros, ElementsAre("#define __cond_acquires(...)"));
  EXPECT_THAT(callees_in(*test::value_of(tree.facts->of("a.c")), "f"), ElementsAre("g"));
}

TEST(TreeFacts, DefinitionsAreFoundInTheTree) {
  test::SmallTree tree({{"a.c", "int get(void)\n{\n}\nstatic int hidden(void)\n{\n}\n"},
                        {"b.h", "#define wait(x) x\nstruct s { int i; };\n"}});
  EXPECT_THAT(test::value_of(tree.facts->files_defining("get")), ElementsAre("a.c"));
  EXPECT_THAT(test::value_of(tree.facts->files_defining("hidden")), IsEmpty());
  EXPECT_THAT(test::value_of(tree.facts->files_defining_macro("wait")), ElementsAre("b.h"));
  EXPECT_THAT(test::value_of(tree.facts->files_defining_struct("s")), ElementsAre("b.h"));
  EXPECT_THAT(test::value_of(tree.facts->files_defining_struct("get")), IsEmpty());
}

TEST(TreeFacts, APartGetsWhatStandsOutsideWhenThatIsWanted) {
  test::SmallTree tree(test::Files{{"a.c",
                                    "static int f(void)\n{\n\treturn g(1);\n}\n"
                                    "static const struct ops box_ops = {\n\t.fault = f,\n};\n"}});
  const auto* facts = test::value_of(tree.facts->part_with("a.c", "f", "Reading"));
  EXPECT_THAT(callees_in(*facts, "f"), ElementsAre("g"));
  EXPECT_THAT(facts->bindings, IsEmpty());
  ASSERT_TRUE(tree.facts->read_parts({{"a.c", {"f"}}}, true, "Reading"));
  facts = test::value_of(tree.facts->part("a.c"));
  ASSERT_THAT(facts->bindings, testing::SizeIs(1));
  EXPECT_EQ(facts->bindings[0].target, "f");
  EXPECT_THAT(callees_in(*facts, "f"), ElementsAre("g"));
}

TEST(TreeFacts, AFileThatIsNotThereIsNamed) {
  test::SmallTree tree(test::Files{{"a.c", "int x;\n"}});
  const auto missing = tree.facts->of("b.c");
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, testing::HasSubstr("b.c: no such file"));
}

// What was only looked at goes after others, what was sketched stays; who holds one keeps it.
TEST(TreeFacts, ALookIsKeptForAWhile) {
  test::Files files = {{"a.c", "int f(void)\n{\n\treturn 1;\n}\n"}, {"b.c", "int g;\n"}};
  const std::string much(std::size_t{20} << 20, ' ');
  for (const auto* name : {"c.c", "d.c", "e.c", "f.c"}) files[name] = much;
  test::SmallTree tree(files);
  auto look = [&](const std::string& path) { return test::value_of(tree.facts->look_at(path)); };
  const std::weak_ptr<const Sketch> looked = look("a.c");
  const auto held = look("b.c");
  const auto* kept = test::value_of(tree.facts->sketch("c.c"));
  EXPECT_EQ(look("a.c"), looked.lock()) << "the same for the next";
  for (const auto* name : {"d.c", "e.c", "f.c", "d.c"}) look(name);
  EXPECT_TRUE(looked.expired());
  EXPECT_EQ(held->text(), "int g;\n");
  EXPECT_EQ(look("c.c").get(), kept);
  EXPECT_EQ(look("a.c")->functions().size(), 1U) << "made again";
}

// Each header has a macro that may write the head of a function of the other.
TEST(TreeFacts, HeadersMayLeadToEachOther) {
  test::SmallTree tree({{"a.h", "#define HEAD_A(name) int name(void)\nHEAD_B(f)\n{\n}\n"},
                        {"b.h", "#define HEAD_B(name) int name(void)\nHEAD_A(g)\n{\n}\n"}});
  const auto names = [&](const std::string& path) {
    std::vector<std::string> found;
    for (const auto& function : test::value_of(tree.facts->look_at(path))->functions())
      found.push_back(function.name);
    return found;
  };
  EXPECT_THAT(names("a.h"), ElementsAre("f"));
  EXPECT_THAT(names("b.h"), ElementsAre("g"));
}

}  // namespace
}  // namespace killify
