#include "series/export_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace killify {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kFenceWait = "long fence_wait(struct fence *f, bool intr)\n{\n\treturn 0;\n}\n";
const std::string kExport = "EXPORT_SYMBOL_GPL(fence_wait);\n";

std::vector<std::string> lost(const std::vector<FileChange>& files,
                              const std::vector<std::string>& dropped = {}) {
  std::vector<std::string> texts;
  for (const auto& one : lost_exports(files, dropped)) texts.push_back(one.why);
  return texts;
}

TEST(LostExports, AnExportThatStaysWithItsTypeIsNotLost) {
  EXPECT_THAT(lost({{"a.c", kFenceWait + kExport,
                     "int x;\n" + kFenceWait + "EXPORT_SYMBOL(y);\n" + kExport}}),
              IsEmpty());
  const auto laid_out = "long\nfence_wait(struct fence *f,\n\t   bool intr)\n{\n\treturn 1;\n}\n";
  EXPECT_THAT(lost({{"a.c", kFenceWait + kExport, laid_out + kExport}}), IsEmpty());
  EXPECT_THAT(lost({{"a.c", kFenceWait + kExport, "int x;\n"}, {"b.c", "", kFenceWait + kExport}}),
              IsEmpty())
      << "it stands elsewhere now";
}

TEST(LostExports, AnExportThatIsRenamedOrGoneIsLost) {
  const std::vector<std::string> gone{"fence_wait() is exported no more (a.c)"};
  EXPECT_EQ(lost({{"a.c", kFenceWait + kExport, kFenceWait}}), gone);
  EXPECT_EQ(
      lost({{"a.c", kFenceWait + kExport, kFenceWait + "EXPORT_SYMBOL_GPL(fence_wait_state);\n"}}),
      gone);
  EXPECT_EQ(lost({{"a.c", kFenceWait + kExport, kFenceWait + "// " + kExport}}), gone);
  EXPECT_THAT(lost({{"a.c", kFenceWait + kExport, kFenceWait}}, {"fence_wait"}), IsEmpty());
  EXPECT_EQ(lost({{"a.c", kFenceWait + kExport, kFenceWait}}, {"fence_wai"}), gone);
}

TEST(LostExports, AnExportOfAnotherTypeIsLost) {
  const std::vector<std::string> other{"fence_wait() is exported and has another type (a.c)"};
  for (const std::string head : {"long fence_wait(struct fence *f, unsigned int state)",
                                 "int fence_wait(struct fence *f, bool intr)",
                                 "static long fence_wait(struct fence *f, bool intr)"})
    EXPECT_EQ(lost({{"a.c", kFenceWait + kExport, head + "\n{\n}\n" + kExport}}), other) << head;
}

}  // namespace
}  // namespace killify
