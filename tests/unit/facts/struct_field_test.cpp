#include "facts/struct_field.h"

#include <gtest/gtest.h>

namespace killify {
namespace {

// The text with a line behind the field; "none" where it has no place.
std::string with_line(std::string text, std::string_view name, std::string_view field) {
  const auto place = field_of_struct(text, name, field);
  if (!place) return "none";
  return text.insert(place->behind, place->indentation + "int new;\n");
}

TEST(StructField, IsFoundWhateverStandsAroundIt) {
  EXPECT_EQ(with_line("struct a {\n\tint x;\n};\n", "a", "x"),
            "struct a {\n\tint x;\n\tint new;\n};\n");
  // What spatch stumbles over, and what looks like the field.
  EXPECT_EQ(with_line("struct a;\n"
                      "struct b { int x; };\n"
                      "struct a {\n"
                      "\tstruct m\t__private m;\n"
                      "\trandomized_struct_fields_start\n"
                      "#ifdef CONFIG_X\n"
                      "\tunsigned x_more:1; /* x; */\n"
                      "#endif\n"
                      "\tstruct { int x; } inner;\n"
                      "\tint (*call)(int x);\n"
                      "    unsigned  x:1;  /* the bit */\n"
                      "} __attribute__ ((aligned (64)));\n",
                      "a", "x"),
            "struct a;\n"
            "struct b { int x; };\n"
            "struct a {\n"
            "\tstruct m\t__private m;\n"
            "\trandomized_struct_fields_start\n"
            "#ifdef CONFIG_X\n"
            "\tunsigned x_more:1; /* x; */\n"
            "#endif\n"
            "\tstruct { int x; } inner;\n"
            "\tint (*call)(int x);\n"
            "    unsigned  x:1;  /* the bit */\n"
            "    int new;\n"
            "} __attribute__ ((aligned (64)));\n");
  EXPECT_EQ(with_line("struct a {\n\tint x[2], y;\n};\n", "a", "y"),
            "struct a {\n\tint x[2], y;\n\tint new;\n};\n");
}

TEST(StructField, IsNoneWhereThatIsNotClear) {
  EXPECT_EQ(with_line("struct a {\n\tint y;\n};\nint x;\n", "a", "x"), "none");
  EXPECT_EQ(with_line("struct a *f(struct a *x);\n", "a", "x"), "none");
  EXPECT_EQ(with_line("struct a {\n#ifdef A\n\tint x;\n#else\n\tlong x;\n#endif\n};\n", "a", "x"),
            "none");
  EXPECT_EQ(with_line("#define A struct a { int x; };\n", "a", "x"), "none");
  EXPECT_EQ(with_line("struct a {\n\tint x", "a", "x"), "none");
  EXPECT_EQ(with_line("", "a", "x"), "none");
}

}  // namespace
}  // namespace killify
