// Functions whose head a macro writes.
#include "facts/sketch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kMacro =
    "#define BOX_FAULT(name) static vm_fault_t name(struct vm_fault *vmf)\n";
const std::string kFunction = "BOX_FAULT(box_fault)\n{\n\treturn 0;\n}\n";

TEST(MacroHeads, AreWrittenOutOnTheSameLines) {
  const auto sketch = Sketch::of(kMacro + kFunction);
  ASSERT_THAT(sketch->functions(), SizeIs(1));
  EXPECT_EQ(sketch->functions()[0].name, "box_fault");
  EXPECT_TRUE(sketch->functions()[0].is_static);
  EXPECT_EQ(sketch->functions()[0].first, 2);
  EXPECT_EQ(sketch->functions()[0].last, 5);
  EXPECT_THAT(sketch->text(), HasSubstr("static vm_fault_t box_fault(struct vm_fault *vmf)\n{"));
  EXPECT_EQ(with_heads_written(sketch->text(), sketch->heads()), kMacro + kFunction);
}

TEST(MacroHeads, MayBeGluedAndStandOnSeveralLines) {
  const std::string text =
      "#define HANDLER(type, name) type name##_fault(struct vm_fault *vmf)\n"
      "static HANDLER(vm_fault_t,\n\t       box)\n{\n\treturn 0;\n}\nint after(void)\n{\n}\n";
  const auto sketch = Sketch::of(text);
  ASSERT_THAT(sketch->functions(), SizeIs(2));
  EXPECT_EQ(sketch->functions()[0].name, "box_fault");
  EXPECT_EQ(sketch->functions()[0].last, 6);
  EXPECT_EQ(sketch->functions()[1].first, 7);
  EXPECT_EQ(with_heads_written(sketch->text(), sketch->heads()), text);
}

TEST(MacroHeads, OfAHeaderHaveToBeTold) {
  EXPECT_EQ(Sketch::of(kFunction)->functions()[0].name, "BOX_FAULT");
  const std::string header = kMacro;
  const auto macros = macro_definitions(tokens_of(header));
  EXPECT_EQ(Sketch::of(kFunction, macros)->functions()[0].name, "box_fault");
}

// The name in the head is the function's definition, and takes no address.
TEST(MacroHeads, DefineTheirFunction) {
  const auto sketch = Sketch::of(kMacro + kFunction);
  const auto uses = sketch->uses("box_fault");
  ASSERT_THAT(uses, SizeIs(1));
  EXPECT_EQ(uses[0].kind, Use::Kind::kDefinition);
}

constexpr const char* kWrapper =
    "#define BOX_WRAPPER(name) \\\nstatic vm_fault_t name##_wrapper(struct vm_fault *vmf) \\\n"
    "{ \\\n\treturn name(vmf->vma, vmf); \\\n}\n";
constexpr const char* kBound = "struct vm_operations_struct ops = { .fault = box_wrapper };\n";

TEST(MacroFunctions, AreWrittenOutWhereTheyAreBound) {
  const std::string text =
      std::string(kWrapper) + "BOX_WRAPPER(box)\nint after(void)\n{\n}\n" + kBound;
  const auto sketch = Sketch::of(text);
  ASSERT_THAT(sketch->functions(), SizeIs(2));
  EXPECT_EQ(sketch->functions()[0].name, "box_wrapper");
  EXPECT_EQ(sketch->functions()[0].first, 6);
  EXPECT_EQ(sketch->functions()[1].first, 7);
  EXPECT_THAT(sketch->text(),
              HasSubstr("/*BOX_WRAPPER(box)*/ static vm_fault_t box_wrapper(struct vm_fault *vmf) "
                        "{ return box(vmf->vma, vmf); }\n"));
  EXPECT_EQ(with_heads_written(sketch->text(), sketch->heads()), text);
  EXPECT_TRUE(has_all_pieces(sketch->text(), sketch->text(), sketch->heads()));
  auto changed = sketch->text();
  changed.replace(changed.find("return box("), 11, "return bax(");
  EXPECT_FALSE(has_all_pieces(changed, sketch->text(), sketch->heads())) << "cannot come back";
}

TEST(MacroFunctions, OtherUsesStayAsTheyAre) {
  for (const std::string& text :
       {// Nothing is bound to it.
        std::string(kWrapper) + "BOX_WRAPPER(box);\n",
        // In a function, and as a head.
        std::string(kWrapper) + kBound + "int f(void)\n{\n\tBOX_WRAPPER(box)\n}\n",
        // Which of the two would come back?
        std::string(kWrapper) + kBound +
            "#ifdef A\nBOX_WRAPPER(box)\n#else\nBOX_WRAPPER(box)\n#endif\n",
        // More than a function.
        "#define BOX(name) int name##_f(void) { return 0; } struct name { int x; }\nBOX(box);\n"
        "struct ops ops = { .f = box_f };\n" +
            std::string(),
        // It is defined in the plain way, too.
        std::string(kWrapper) + kBound + "BOX_WRAPPER(box)\nint box_wrapper(void)\n{\n}\n"}) {
    const auto sketch = Sketch::of(text);
    EXPECT_THAT(sketch->heads(), IsEmpty()) << text;
    EXPECT_EQ(sketch->text(), text);
  }
}

TEST(MacroHeads, OtherMacrosStayAsTheyAre) {
  for (const std::string text :
       {// No head comes of it.
        "#define BOX_DATA(name) struct name##_data\nBOX_DATA(box)\n{\n\tint x;\n};\n",
        // A body of its own.
        "#define BOX(name) int name(void) { return 0; } int name##2(void)\nBOX(box)\n{\n}\n",
        // What stands for other arguments cannot be told.
        "#define BOX(name, ...) int name(__VA_ARGS__)\nBOX(box, int x)\n{\n}\n",
        // A prototype, and a call.
        "#define BOX(name) int name(void)\nBOX(box);\nint f(void)\n{\n\tBOX(x);\n}\n"}) {
    const auto sketch = Sketch::of(text);
    EXPECT_THAT(sketch->heads(), IsEmpty()) << text;
    EXPECT_EQ(sketch->text(), text);
  }
}

}  // namespace
}  // namespace killify
