// Which struct an expression is.
#include "reach/types.h"

#include "support/small_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

const test::Files kFiles = {
    {"drivers/misc/a/a.c",
     "struct own {\n\tstruct device *dev;\n\tstruct list_head list;\n};\n"
     "#define to_own(x) container_of(x, struct own, dev)\n"
     "static struct own *\nfind_own(int id)\n{\n\treturn 0;\n}\n"
     "static int use(struct own *own, struct device *dev, int n)\n{\n"
     "\tconst struct own_ops *ops = own->dev->ops;\n\tstruct own_ops *some, *others;\n\tstruct own "
     "copy;\n\n"
     "\treturn n;\n}\n"},
    {"drivers/misc/b/b.c", "struct own {\n\tstruct queue *dev;\n};\n"},
    {"include/linux/device.h",
     "struct device {\n\tconst struct own_ops *ops;\n\tstruct { int x; } odd;\n};\n"
     "struct ctx {\n\tbool intr, no_wait;\n\tint count;\n};\n"
     "struct mixed {\n\tstruct device *dev;\n\tbool intr;\n\tstruct ctx ctx;\n\tbool late;\n};\n"
     "struct guarded {\n#ifdef CONFIG_A\n\tint a;\n#endif\n\tbool intr;\n};\n"
     "struct array {\n\tint counts[2];\n\tbool intr;\n};\n"},
};
const std::string kFile = "drivers/misc/a/a.c";

class TypesTest : public testing::Test {
 protected:
  std::string of(const std::string& expression) {
    const auto* sketch = test::value_of(tree_.facts->sketch(kFile));
    return test::value_of(types_.struct_of(expression, declared_structs(*sketch, "use"), kFile));
  }

  test::SmallTree tree_{kFiles};
  Names names_{*tree_.facts, tree_.series.commit.prefixes};
  Types types_{*tree_.facts, names_};
};

TEST_F(TypesTest, DeclarationsNameTheVariables) {
  const auto* sketch = test::value_of(tree_.facts->sketch(kFile));
  EXPECT_THAT(declared_structs(*sketch, "use"),
              ElementsAre(Pair("copy", "own"), Pair("dev", "device"), Pair("ops", "own_ops"),
                          Pair("others", "own_ops"), Pair("own", "own"), Pair("some", "own_ops")));
}

TEST_F(TypesTest, ExpressionsAreFollowedThroughFields) {
  EXPECT_EQ(of("own"), "own");
  EXPECT_EQ(of("& copy"), "own");
  EXPECT_EQ(of("own -> dev"), "device");
  EXPECT_EQ(of("own->dev->ops"), "own_ops");
  EXPECT_EQ(of("copy . dev"), "device");
  EXPECT_EQ(of("( & copy ) -> dev"), "device");
  EXPECT_EQ(of("own [ n ] . dev"), "device");
}

TEST_F(TypesTest, CastsCallsAndMacrosHaveATypeToo) {
  EXPECT_EQ(of("( struct device * ) n"), "device");
  EXPECT_EQ(of("find_own ( n ) -> dev"), "device");
  EXPECT_EQ(of("to_own(dev)->dev"), "device");
}

TEST_F(TypesTest, WhatIsNotKnownHasNone) {
  EXPECT_EQ(of("n"), "");
  EXPECT_EQ(of("global -> dev"), "");
  EXPECT_EQ(of("own -> nothing"), kNameless) << "a struct without a name, or no struct";
  EXPECT_EQ(of("unseen ( n ) -> dev"), "");
  EXPECT_EQ(of(""), "");
}

TEST_F(TypesTest, EachDriverMeansItsOwnStruct) {
  const StructNames own = {{"own", "own"}};
  EXPECT_EQ(test::value_of(types_.struct_of("own->dev", own, "drivers/misc/b/b.c")), "queue");
  EXPECT_EQ(test::value_of(types_.struct_of("own->dev", own, kFile)), "device");
}

TEST_F(TypesTest, FieldsHaveAnOrderAndAKind) {
  EXPECT_THAT(test::value_of(types_.field_order("ctx", kFile)),
              ElementsAre("intr", "no_wait", "count"));
  EXPECT_THAT(test::value_of(types_.field_order("device", kFile)), IsEmpty()) << "not so simple";
  EXPECT_TRUE(test::value_of(types_.is_flag("ctx", "no_wait", kFile)));
  EXPECT_FALSE(test::value_of(types_.is_flag("ctx", "count", kFile)));
  EXPECT_FALSE(test::value_of(types_.is_flag("unseen", "intr", kFile)));
}

TEST_F(TypesTest, TheElementsBeforeAFieldsAreCountedWhereEachIsOne) {
  const auto before = [&](const std::string& name, const std::string& field) {
    return test::value_of(types_.elements_before(name, field, kFile));
  };
  EXPECT_EQ(before("ctx", "intr"), 0U);
  EXPECT_EQ(before("ctx", "count"), 2U);
  EXPECT_EQ(before("mixed", "intr"), 1U);
  EXPECT_EQ(before("mixed", "late"), std::nullopt) << "a struct may be several elements";
  EXPECT_EQ(before("array", "intr"), std::nullopt);
  EXPECT_EQ(before("guarded", "intr"), std::nullopt);
  EXPECT_EQ(before("ctx", "nothing"), std::nullopt);
  EXPECT_EQ(before("unseen", "intr"), std::nullopt);
}

}  // namespace
}  // namespace killify
