#include "verify/condition.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

const Sides kFree;

Side on(const std::string& symbol) {
  return {symbol, true, false};
}
Side off(const std::string& symbol) {
  return {symbol, false, false};
}

TEST(Conditions, AnExpressionIsTakenApart) {
  EXPECT_THAT(ways_to("defined(CONFIG_A)", true), ElementsAre(Sides{on("A")}));
  EXPECT_THAT(ways_to("!defined CONFIG_A", true), ElementsAre(Sides{off("A")}));
  EXPECT_THAT(ways_to("defined(CONFIG_A) || (defined(CONFIG_B) && defined(CONFIG_C))", true),
              UnorderedElementsAre(Sides{on("A")}, Sides{on("B"), on("C")}));
  EXPECT_THAT(ways_to("defined(CONFIG_A) || (defined(CONFIG_B) && defined(CONFIG_C))", false),
              UnorderedElementsAre(Sides{off("A"), off("B")}, Sides{off("A"), off("C")}));
  EXPECT_THAT(ways_to("IS_ENABLED(CONFIG_A)", false), ElementsAre(Sides{Side{"A", false, true}}));
}

TEST(Conditions, WhatCannotBeHasNoWay) {
  EXPECT_THAT(ways_to("defined(CONFIG_A) && !defined(CONFIG_A)", true), IsEmpty());
  EXPECT_THAT(ways_to("0", true), IsEmpty());
  EXPECT_THAT(ways_to("0 && defined(CONFIG_A)", false), ElementsAre(kFree));
}

TEST(Conditions, WhatIsNotUnderstoodAsksNothing) {
  for (const char* text : {"LEVELS > 2", "CONFIG_LEVELS >= 4", "GCC_VERSION", "defined(__x86_64__)",
                           "CONFIG_A + (1 && 0)", "", "(((", "IS_REACHABLE(CONFIG_A)"})
    for (const bool wanted : {true, false})
      EXPECT_THAT(ways_to(text, wanted), ElementsAre(kFree)) << text;
  EXPECT_THAT(ways_to("CONFIG_LEVELS > 2 && defined(CONFIG_A)", true), ElementsAre(Sides{on("A")}));
}

// linux/ww_mutex.h in short.
constexpr std::string_view kHeader = R"(#ifndef WW_H
#define WW_H
#if defined(CONFIG_DEBUG_MUTEXES) || \
   (defined(CONFIG_RT) && defined(CONFIG_DEBUG_RT))
#define DEBUG_WW
#endif
#ifdef DEBUG_WW
int debugged;
#elif defined(CONFIG_RT)
int rt;
#else
int plain;
#endif
#endif
)";

TEST(Conditions, AMacroOfTheFileStandsForItsIf) {
  const SourceShape shape = shape_of(kHeader);
  EXPECT_THAT(ways_to_line(shape, 8),
              UnorderedElementsAre(Sides{on("DEBUG_MUTEXES")}, Sides{on("RT"), on("DEBUG_RT")}));
  EXPECT_THAT(ways_to_line(shape, 10),
              ElementsAre(Sides{off("DEBUG_MUTEXES"), off("DEBUG_RT"), on("RT")}));
  EXPECT_THAT(ways_to_line(shape, 12),
              UnorderedElementsAre(Sides{off("DEBUG_MUTEXES"), off("RT")},
                                   Sides{off("DEBUG_MUTEXES"), off("DEBUG_RT"), off("RT")}));
  EXPECT_THAT(ways_to_line(shape, 2), ElementsAre(kFree)) << "an include guard";
}

TEST(Conditions, AModuleIsEnabledAndNotDefined) {
  const std::set<std::string> enabled{"A", "A_MODULE", "B"};
  EXPECT_TRUE(holds({Side{"A", true, true}, on("B"), off("A")}, enabled));
  EXPECT_FALSE(holds({on("A")}, enabled));
  EXPECT_FALSE(holds({Side{"A", false, true}}, enabled));
}

}  // namespace
}  // namespace killify
