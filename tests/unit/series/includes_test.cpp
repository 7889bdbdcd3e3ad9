#include "series/includes.h"

#include <gtest/gtest.h>

#include <string>

namespace killify {
namespace {

constexpr const char* kSignal = "linux/sched/signal.h";

TEST(WithInclude, KeepsTheAlphabet) {
  EXPECT_EQ(
      with_include("#include <linux/mm.h>\n#include <linux/slab.h>\n\n#include \"x.h\"\n", kSignal),
      "#include <linux/mm.h>\n#include <linux/sched/signal.h>\n#include <linux/slab.h>\n\n"
      "#include \"x.h\"\n");
  EXPECT_EQ(with_include("#include <linux/slab.h>\n", kSignal),
            "#include <linux/sched/signal.h>\n#include <linux/slab.h>\n");
}

TEST(WithInclude, StandsAfterItsDirectoryWhereThereIsNoOrder) {
  EXPECT_EQ(with_include("#include <linux/uaccess.h>\n#include <linux/prefetch.h>\n"
                         "#include \"gru.h\"\n#include <asm/uv/uv_hub.h>\n",
                         kSignal),
            "#include <linux/uaccess.h>\n#include <linux/prefetch.h>\n"
            "#include <linux/sched/signal.h>\n#include \"gru.h\"\n#include <asm/uv/uv_hub.h>\n");
}

TEST(WithInclude, StaysOutOfConditions) {
  EXPECT_EQ(with_include("#include <linux/mm.h>\n#ifdef A\n# include <linux/pci.h>\n#endif\n"
                         "#include \"x.h\"\n",
                         kSignal),
            "#include <linux/mm.h>\n#include <linux/sched/signal.h>\n#ifdef A\n"
            "# include <linux/pci.h>\n#endif\n#include \"x.h\"\n");
  const std::string conditional = "#ifdef A\n#include <linux/sched/signal.h>\n#endif\nint a;\n";
  EXPECT_EQ(with_include(conditional, kSignal), conditional);
}

TEST(WithInclude, SeesThroughTheGuardOfAHeader) {
  EXPECT_EQ(with_include("#ifndef _A_H\n#define _A_H\n\n#include <linux/mutex.h>\n\n#endif\n",
                         "linux/sched.h"),
            "#ifndef _A_H\n#define _A_H\n\n#include <linux/mutex.h>\n#include <linux/sched.h>\n\n"
            "#endif\n");
  EXPECT_EQ(with_include("#ifndef _A_H\n#define _A_H\n\nint a;\n\n#endif\n", "linux/sched.h"),
            "#ifndef _A_H\n#define _A_H\n\n#include <linux/sched.h>\n\nint a;\n\n#endif\n");
}

TEST(WithInclude, StandsAfterOtherIncludes) {
  EXPECT_EQ(with_include("#include \"x.h\"\nint a;\n", kSignal),
            "#include \"x.h\"\n#include <linux/sched/signal.h>\nint a;\n");
}

TEST(WithInclude, ChangesNothingWhereItIsThere) {
  const std::string text = "#include <linux/mm.h>\n#include  <linux/sched/signal.h>\n";
  EXPECT_EQ(with_include(text, kSignal), text);
}

}  // namespace
}  // namespace killify
