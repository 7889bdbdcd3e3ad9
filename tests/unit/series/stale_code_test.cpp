#include "series/stale_code.h"

#include <gtest/gtest.h>

namespace killify {
namespace {

std::string stale(const std::string& before, const std::string& after) {
  return stale_code(*Sketch::of(before), *Sketch::of(after), "box_release");
}

std::string stale(const std::string& text) {
  return stale(text, text);
}

TEST(StaleCode, ACommentAboutSignalsWouldBeFalse) {
  for (const std::string comment :
       {"/* A signal may end this. */", "// -EINTR is right here",
        "/* wait_event_interruptible() */", "/*\n\t * Try again\n\t * when interrupted.\n\t */"})
    EXPECT_EQ(stale("int box_release(void)\n{\n\t" + comment + "\n\tlock();\n\treturn 0;\n}\n"),
              "a comment of box_release() speaks of signals (line 3 of the new text)")
        << comment;
  EXPECT_EQ(stale("/* Sleeps interruptibly. */\nint box_release(void)\n{\n\treturn 0;\n}\n"),
            "a comment of box_release() speaks of signals (line 1 of the new text)");
}

TEST(StaleCode, OtherCommentsStay) {
  EXPECT_EQ(stale("int box_release(void)\n{\n\t/* Stop the interrupt pipe. */\n\treturn 0;\n}\n"),
            "");
  EXPECT_EQ(stale("int box_release(void)\n{\n\tpr_info(\"signal\");\n\treturn 0;\n}\n\n"
                  "/* A signal ends it. */\nint box_open(void)\n{\n\treturn 0;\n}\n"),
            "");
}

TEST(StaleCode, ALabelNeedsAJump) {
  const std::string before =
      "int box_release(void)\n{\n\tif (lock())\n\t\tgoto out;\n\twork();\nout:\n\treturn 0;\n}\n";
  const std::string after =
      "int box_release(void)\n{\n\tlock();\n\twork();\nout:\n\treturn 0;\n}\n";
  EXPECT_EQ(stale(before, after), "nothing would jump to the label out of box_release() any more");
  EXPECT_EQ(stale(before, before), "");
  // What nothing jumped to before is not the change's fault; a case is no label.
  EXPECT_EQ(stale(after, after), "");
  const std::string chosen =
      "int box_release(int a)\n{\n\tswitch (a) {\n\tcase out:\n\tdefault:\n\t\treturn 0;\n\t}\n}\n";
  EXPECT_EQ(stale(before, chosen), "");
}

}  // namespace
}  // namespace killify
