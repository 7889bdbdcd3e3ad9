#include "reach/handlers.h"

#include "support/small_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// "FILE:FUNCTION.FIELD" of each handler.
std::vector<std::string> names(const Handlers& handlers) {
  std::vector<std::string> found;
  for (const auto& handler : handlers.all)
    found.push_back(handler.file + ":" + handler.function + "." + handler.field);
  return found;
}

std::string handler(const std::string& name, const std::string& linkage = "static ") {
  return linkage + "vm_fault_t " + name + "(struct vm_fault *vmf)\n{\n\treturn 0;\n}\n\n";
}

TEST(Handlers, AreBoundInAllTheWaysOfC) {
  test::SmallTree tree(
      {{"d/array.c", handler("one") + handler("two") +
                         "static const struct vm_operations_struct ops[] = {\n"
                         "\t{ .fault = one },\n\t[1] = { .page_mkwrite = two },\n};\n"},
       {"d/assign.c", handler("by_object") + handler("by_pointer") +
                          "static struct vm_operations_struct ops;\n"
                          "void f(struct vm_operations_struct *p)\n{\n"
                          "\tops.fault = by_object;\n\tp->fault = by_pointer;\n}\n"},
       {"d/init.c", handler("plain") + handler("by_address") +
                        "static const struct vm_operations_struct ops = {\n"
                        "\t.fault = plain,\n\t.pfn_mkwrite = &by_address,\n};\n"},
       {"d/nested.c",
        handler("inner") +
            "static struct driver d = {\n\t.vm_ops = {\n\t\t.fault = inner,\n\t},\n};\n"},
       {"d/special.c",
        handler("special") + "static const struct vm_special_mapping m = { .fault = special };\n"},
       {"d/ternary.c", handler("this_one") + handler("that_one") +
                           "static struct vm_operations_struct ops;\n"
                           "void f(int a)\n{\n\tops.fault = a ? this_one : that_one;\n}\n"}});
  const auto handlers = test::value_of(find_handlers(*tree.facts, tree.series.roots));
  EXPECT_THAT(names(handlers),
              ElementsAre("d/array.c:one.fault", "d/array.c:two.page_mkwrite",
                          "d/assign.c:by_object.fault", "d/assign.c:by_pointer.fault",
                          "d/init.c:plain.fault", "d/init.c:by_address.pfn_mkwrite",
                          "d/nested.c:inner.fault", "d/special.c:special.fault",
                          "d/ternary.c:this_one.fault", "d/ternary.c:that_one.fault"));
  EXPECT_THAT(handlers.unresolved, IsEmpty());
  EXPECT_TRUE(handlers.bindings.contains({"d/init.c", 12}));
}

TEST(Handlers, EveryRegistrationIsKept) {
  test::SmallTree tree(
      {{"d/core.c", handler("shared", "")},
       {"d/one.c",
        "static const struct vm_operations_struct one = {\n\t.fault = shared,\n"
        "\t.page_mkwrite = shared,\n};\n"},
       {"d/two.c", "static const struct vm_operations_struct two = { .fault = shared };\n"}});
  const auto handlers = test::value_of(find_handlers(*tree.facts, tree.series.roots));
  EXPECT_THAT(names(handlers), ElementsAre("d/core.c:shared.page_mkwrite"));
  EXPECT_TRUE(handlers.all.front().retry_succeeds);
  EXPECT_FALSE(handlers.registrations.front().retry_succeeds);
  std::vector<std::string> places;
  for (const auto& one : handlers.registrations)
    places.push_back(
        fmt::format("{}:{} {}.{}", one.registered_in, one.registered_line, one.ops, one.field));
  EXPECT_THAT(places, ElementsAre("d/one.c:2 one.fault", "d/one.c:3 one.page_mkwrite",
                                  "d/two.c:1 two.fault"));
  EXPECT_EQ(handlers.bindings.size(), 3U);
}

TEST(Handlers, OtherFieldsAndOtherStructsAreNone) {
  test::SmallTree tree(
      {{"d/access.c",
        "static int peek(struct vm_area_struct *vma)\n{\n\treturn 0;\n}\n"
        "static const struct vm_operations_struct ops = { .access = peek };\n"},
       {"d/other.c", handler("not_mine") +
                         "static struct my_vm_operations_struct ops = { .fault = not_mine };\n"
                         "extern const struct vm_operations_struct real;\n"}});
  EXPECT_THAT(names(test::value_of(find_handlers(*tree.facts, tree.series.roots))), IsEmpty());
}

TEST(Handlers, AMacroMayBindThem) {
  test::SmallTree tree(
      {{"d/by_name.c", "#include \"ops.h\"\n" + handler("named") + "DEFINE_OPS(a, named);\n"},
       {"d/by_paste.c", "#include \"ops.h\"\n" + handler("b_fault") + "DEFINE_PASTED(b);\n"},
       {"d/ops.h",
        "#define DEFINE_OPS(n, fn) \\\n"
        "\tstatic const struct vm_operations_struct n = { .fault = fn }\n"
        "#define DEFINE_PASTED(n) \\\n"
        "\tstatic const struct vm_operations_struct n##_ops = { \\\n"
        "\t\t.fault = n##_fault, \\\n\t}\n"}});
  EXPECT_THAT(names(test::value_of(find_handlers(*tree.facts, tree.series.roots))),
              ElementsAre("d/by_name.c:named.fault", "d/by_paste.c:b_fault.fault"));
}

// Two drivers of one origin: each registers the handler of its own module, in another file.
TEST(Handlers, ARegistrationMeansTheHandlerOfItsModule) {
  const std::string bind =
      "static const struct vm_operations_struct ops = { .fault = gem_fault };\n";
  test::Files files{{"drivers/gpu/one/drv.c", bind},
                    {"drivers/gpu/one/gem.c", handler("gem_fault", "")},
                    {"drivers/gpu/two/core/drv.c", bind},
                    {"drivers/gpu/two/mm/gem.c", handler("gem_fault", "")}};
  const auto pairs = [](const test::Files& all) {
    test::SmallTree tree(all);
    const auto handlers = test::value_of(find_handlers(*tree.facts, tree.series.roots));
    std::vector<std::string> found;
    for (const auto& one : handlers.registrations)
      found.push_back(one.registered_in + " > " + one.file);
    for (const auto& note : handlers.unresolved) found.push_back(note);
    return found;
  };
  EXPECT_THAT(
      pairs(files),
      ElementsAre("drivers/gpu/one/drv.c > drivers/gpu/one/gem.c",
                  "drivers/gpu/two/core/drv.c > drivers/gpu/one/gem.c",
                  "drivers/gpu/one/drv.c > drivers/gpu/two/mm/gem.c",
                  "drivers/gpu/two/core/drv.c > drivers/gpu/two/mm/gem.c",
                  "drivers/gpu/one/drv.c:1: gem_fault is bound to .fault, and which of its 2 "
                  "definitions is meant is not known",
                  "drivers/gpu/two/core/drv.c:1: gem_fault is bound to .fault, and which of its 2 "
                  "definitions is meant is not known"))
      << "without makefiles";
  files["drivers/gpu/one/Makefile"] = "one-y := drv.o gem.o\nobj-$(CONFIG_ONE) += one.o\n";
  files["drivers/gpu/two/core/Makefile"] = "two-y := drv.o ../mm/gem.o\nobj-m += two.o\n";
  EXPECT_THAT(pairs(files), ElementsAre("drivers/gpu/one/drv.c > drivers/gpu/one/gem.c",
                                        "drivers/gpu/two/core/drv.c > drivers/gpu/two/mm/gem.c"));
  // A third module that has none may mean what another one exports, and nothing else.
  files["drivers/gpu/three/Makefile"] = "obj-m += drv.o\n";
  files["drivers/gpu/three/drv.c"] = bind;
  files["drivers/gpu/one/gem.c"] += "EXPORT_SYMBOL(gem_fault);\n";
  EXPECT_THAT(pairs(files), ElementsAre("drivers/gpu/one/drv.c > drivers/gpu/one/gem.c",
                                        "drivers/gpu/three/drv.c > drivers/gpu/one/gem.c",
                                        "drivers/gpu/two/core/drv.c > drivers/gpu/two/mm/gem.c"));
}

TEST(Handlers, ANameMeansTheFunctionThatCMeans) {
  const std::string bind = "static const struct vm_operations_struct ops = { .fault = same };\n";
  test::SmallTree tree(
      {{"d/binds.c",
        "vm_fault_t far(struct vm_fault *vmf);\n"
        "static const struct vm_operations_struct ops = { .fault = far };\n"},
       {"d/far.c", handler("far", "")},
       {"d/other_far.c", handler("far")},
       {"e/one.c", handler("same") + bind},
       {"e/two.c", handler("same")},
       {"f/lost.c", "static const struct vm_operations_struct ops = { .fault = nobody };\n"}});
  const auto handlers = test::value_of(find_handlers(*tree.facts, tree.series.roots));
  EXPECT_THAT(names(handlers), ElementsAre("d/far.c:far.fault", "e/one.c:same.fault"));
  EXPECT_EQ(handlers.all[0].registered_in, "d/binds.c");
  EXPECT_THAT(handlers.unresolved, ElementsAre(HasSubstr("f/lost.c:1: nobody is bound to .fault")));
  EXPECT_TRUE(handlers.contains("same", "e/one.c"));
  EXPECT_FALSE(handlers.contains("same", "e/two.c"));
}

}  // namespace
}  // namespace killify
