#include "verify/objects.h"

#include "fake_tree.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using test::write;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ObjectsTest : public test::FakeTree {
 protected:
  [[nodiscard]] ChangedSource of(const std::string& path) const {
    return objects_of(tree(), {path}).front();
  }
};

TEST_F(ObjectsTest, ACFileIsItsObject) {
  EXPECT_EQ(of("drivers/on.c").kind, SourceKind::kCode);
  EXPECT_THAT(of("drivers/on.c").objects, ElementsAre("drivers/on.o"));
}

TEST_F(ObjectsTest, ACFileThatAnotherIncludesIsBuiltByTheOther) {
  write(tree() / "drivers/selftests/probe.c", "static int probe;\n");
  write(tree() / "drivers/on.c", "#include \"selftests/probe.c\"\n");
  write(tree() / "drivers/with_header.c", "#include \"other/probe.c\"\n// selftests/probe.c\n");
  EXPECT_THAT(of("drivers/selftests/probe.c").objects,
              ElementsAre("drivers/selftests/probe.o", "drivers/on.o"));
}

TEST_F(ObjectsTest, ANeighbourMayBuildADirectorysFiles) {
  write(tree() / "drivers/amd/kfd/queue.c", "int queue;\n");
  write(tree() / "drivers/amd/gpu/Makefile", "KFD := ../kfd\ninclude $(src)/$(KFD)/Makefile\n");
  write(tree() / "drivers/amd/sound/Makefile", "# not kfd\n");
  EXPECT_THAT(of("drivers/amd/kfd/queue.c").objects,
              ElementsAre("drivers/amd/kfd/queue.o", "drivers/amd/gpu/../kfd/queue.o"));
}

TEST_F(ObjectsTest, AHeaderIsBuiltThroughWhatIncludesIt) {
  EXPECT_EQ(of("drivers/shared.h").kind, SourceKind::kHeader);
  EXPECT_THAT(of("drivers/shared.h").objects, ElementsAre("drivers/with_header.o"));
}

TEST_F(ObjectsTest, TextIsNotCompiled) {
  write(tree() / "Documentation/x.c", "an example\n");
  for (const char* path : {"Kconfig", "Makefile", "drivers/Makefile"}) {
    EXPECT_EQ(of(path).kind, SourceKind::kNothing) << path;
    EXPECT_EQ(of(path).reason, "not compiled") << path;
  }
  EXPECT_EQ(of("drivers/gone.c").kind, SourceKind::kNothing);
  EXPECT_THAT(of("drivers/gone.c").reason, HasSubstr("removes"));
}

TEST_F(ObjectsTest, WhatAnotherProgramMayReadIsUnknown) {
  write(tree() / "tools/x.c", "int x;\n");
  write(tree() / "arch/arm/board.dts", "/dts-v1/;\n");
  for (const char* path : {"tools/x.c", "arch/arm/board.dts"}) {
    EXPECT_EQ(of(path).kind, SourceKind::kUnknown) << path;
    EXPECT_THAT(of(path).objects, IsEmpty()) << path;
    EXPECT_FALSE(of(path).reason.empty()) << path;
  }
}

}  // namespace
}  // namespace killify
