// Which calls undo what failed, by the order in which statements may run.
#include "plan/undo.h"

#include <gtest/gtest.h>

namespace killify {
namespace {

UndoCalls of_unpin(const std::string& body) {
  const auto sketch =
      Sketch::of("int pin(struct box *box)\n{\n\tint ret;\n\tvoid *p;\n\n" + body + "}\n");
  return undo_calls(*sketch, "pin", "unpin");
}

TEST(Undo, ACallBehindAFailureThatIsReturnedUndoes) {
  EXPECT_EQ(of_unpin("\tret = fill(box);\n\tif (ret)\n\t\tunpin(box);\n\treturn ret;\n"),
            UndoCalls::kAll);
  EXPECT_EQ(of_unpin("\tret = fill(box);\n\tif (unlikely(ret < 0)) {\n\t\t(void)unpin(box);\n"
                     "\t\treturn -EIO;\n\t}\n\treturn 0;\n"),
            UndoCalls::kAll);
  EXPECT_EQ(of_unpin("\tp = get(box);\n\tif (IS_ERR(p)) {\n\t\tunpin(box);\n"
                     "\t\treturn PTR_ERR(p);\n\t}\n\treturn 0;\n"),
            UndoCalls::kAll);
  EXPECT_EQ(of_unpin("\tret = fill(box);\n\tif (ret)\n\t\tgoto fail;\n\treturn 0;\nfail:\n"
                     "\tif (box->pinned)\n\t\tunpin(box);\n\treturn ret;\n"),
            UndoCalls::kAll);
}

TEST(Undo, WhatAlsoRunsWhereNothingFailedDoesNot) {
  EXPECT_EQ(of_unpin("\tret = fill(box);\n\tunpin(box);\n\treturn ret;\n"), UndoCalls::kNone);
  EXPECT_EQ(of_unpin("\tret = fill(box);\n\tif (box->pinned)\n\t\tunpin(box);\n\treturn ret;\n"),
            UndoCalls::kNone);
  EXPECT_EQ(of_unpin("\tret = busy(box);\n\tif (ret)\n\t\tunpin(box);\n\treturn 0;\n"),
            UndoCalls::kNone);
}

TEST(Undo, ACallWhoseResultIsLookedAtDoesNot) {
  EXPECT_EQ(of_unpin("\tret = fill(box);\n\tif (ret && unpin(box))\n\t\treturn -EIO;\n"
                     "\treturn ret;\n"),
            UndoCalls::kNone);
  EXPECT_EQ(of_unpin("\tret = fill(box);\n\tif (ret)\n\t\tret = unpin(box);\n\treturn ret;\n"),
            UndoCalls::kNone);
}

TEST(Undo, OneThatUndoesAndOneThatDoesNotAreTold) {
  EXPECT_EQ(of_unpin("\tunpin(box);\n\tret = fill(box);\n\tif (ret)\n\t\tunpin(box);\n"
                     "\treturn ret;\n"),
            UndoCalls::kSome);
}

}  // namespace
}  // namespace killify
