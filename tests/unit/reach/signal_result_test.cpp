#include "reach/signal_result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <stdexcept>

namespace killify {
namespace {

using Answers = std::vector<std::optional<JsonFacts>>;

using nlohmann::json;
using testing::ElementsAre;

// Functions that each call the next one in their third line, and what a semantic patch would say of
// them: by the name of the callee (on-signal) or of the function (translate).
class Facts {
 public:
  Facts& on_signal(const std::string& function, const std::string& callee, json fact) {
    if (!asked_.contains(function)) {
      asked_[function] =
          "int " + function + "(void)\n{\n\treturn " + callee + "(" + function + "_here);\n}\n";
      order_.push_back(function);
    }
    fact["line"] = fact.value("line", 3);
    answers_[function + "_here"].push_back(std::move(fact));
    return *this;
  }
  Facts& translate(const std::string& function, const std::string& error, const char* returns) {
    if (!asked_.contains(function)) {
      asked_[function] = "int " + function + "(int error)\n{\n\t" + function + "_here;\n}\n";
      order_.push_back(function);
    }
    answers_[function + "_here errno=" + error].push_back({{"returns", returns}});
    return *this;
  }

  std::vector<SignalExit> exits(const std::vector<std::string>& functions,
                                const std::string& error = "-EINTR", bool ahead = false) {
    std::string text;
    std::map<std::string, int> above;
    for (const auto& function : order_) {
      above[function] = static_cast<int>(std::count(text.begin(), text.end(), '\n'));
      text += asked_[function];
    }
    auto sketch = Sketch::of(text);
    const AskAll ask = [&](const std::string&, const std::vector<std::string>& defines,
                           const std::vector<Question>& questions) -> Result<Answers> {
      ++rounds_;
      Answers all;
      for (const auto& question : questions) {
        all.emplace_back(JsonFacts());
        for (const auto& [key, facts] : answers_) {
          auto here = key.substr(0, key.find(' '));
          bool meant = key == here || key == here + " " + defines[1];
          if (meant && question.source.text.find(here) != std::string::npos)
            all.back() = JsonFacts(facts);
        }
      }
      return all;
    };
    const Locate locate = [&](const std::string& function,
                              const std::string& path) -> Result<std::string> {
      return function == "nowhere" ? std::string() : path;
    };
    SignalResults results(
        ask, [&](const std::string&) -> Result<const Sketch*> { return sketch.get(); }, locate);
    SleepPath path{{}, "sleep", error};
    for (const auto& function : functions)
      path.chain.push_back({function, "a.c", above[function] + 3, "direct", {}, {}});
    if (ahead) {
      EXPECT_TRUE(results.ask_ahead({path, path}));
      rounds_ahead_ = rounds_;
    }
    auto found = results.exits(path);
    if (!found) throw std::runtime_error(found.error().message);
    return *found;
  }

  int rounds_ = 0;
  int rounds_ahead_ = 0;

 private:
  std::vector<std::string> order_;
  std::map<std::string, std::string> asked_;  // by function: its text
  std::map<std::string, std::vector<json>> answers_;
};

std::vector<std::string> returns(const std::vector<SignalExit>& exits) {
  std::vector<std::string> found;
  for (const auto& exit : exits) found.push_back((exit.guarded ? "guarded " : "") + exit.returns);
  return found;
}

TEST(SignalExits, AConstantIsWhatTheHandlerReturns) {
  Facts facts;
  facts.on_signal("fault", "sleep", {{"returns", "VM_FAULT_NOPAGE"}});
  EXPECT_THAT(returns(facts.exits({"fault"})), ElementsAre("VM_FAULT_NOPAGE"));
}

TEST(SignalExits, OtherCallsAreNotMeant) {
  Facts facts;
  facts.on_signal("fault", "sleep", {{"returns", "VM_FAULT_NOPAGE"}, {"line", 4}});
  EXPECT_THAT(returns(facts.exits({"fault"})), ElementsAre("unknown"));
}

TEST(SignalExits, AnErrorIsFollowedThroughTwoHelpersToItsTranslator) {
  Facts facts;
  facts.on_signal("inner", "sleep", {{"passes_error", true}})
      .on_signal("outer", "inner", {{"passes_error", true}})
      .on_signal("fault", "outer", {{"translator", "to_fault"}})
      .translate("to_fault", "EINTR", "VM_FAULT_NOPAGE");
  const auto exits = facts.exits({"fault", "outer", "inner"});
  EXPECT_THAT(returns(exits), ElementsAre("VM_FAULT_NOPAGE"));
  EXPECT_EQ(exits[0].translator, "to_fault");
}

TEST(SignalExits, ATranslatorThatIsNotUnderstoodIsUnknown) {
  Facts facts;
  facts.on_signal("fault", "sleep", {{"translator", "to_fault"}});
  EXPECT_THAT(returns(facts.exits({"fault"})), ElementsAre("unknown"));
  facts.translate("to_fault", "EINTR", "VM_FAULT_NOPAGE")
      .translate("to_fault", "EINTR", "VM_FAULT_SIGBUS");
  EXPECT_THAT(returns(facts.exits({"fault"})), ElementsAre("unknown"));
}

TEST(SignalExits, ATranslatorThatIsNotInTheTreeIsUnknown) {
  Facts facts;
  facts.on_signal("fault", "sleep", {{"translator", "nowhere"}})
      .translate("nowhere", "EINTR", "VM_FAULT_SIGBUS");
  EXPECT_THAT(returns(facts.exits({"fault"})), ElementsAre("unknown"));
}

// signal_pending() and its like return no error that a translator could be asked about.
TEST(SignalExits, NoErrorHasNoTranslation) {
  Facts facts;
  facts.on_signal("fault", "sleep", {{"translator", "to_fault"}})
      .translate("to_fault", "", "VM_FAULT_SIGBUS");
  EXPECT_THAT(returns(facts.exits({"fault"}, "")), ElementsAre("unknown"));
}

TEST(SignalExits, AGuardCountsForItsErrorOnly) {
  Facts facts;
  facts.on_signal("fault", "sleep", {{"guarded", "VM_FAULT_SIGBUS"}, {"error", "EINTR"}});
  EXPECT_THAT(returns(facts.exits({"fault"}, "-EINTR")), ElementsAre("guarded VM_FAULT_SIGBUS"));
  EXPECT_THAT(returns(facts.exits({"fault"}, "-ERESTARTSYS")), ElementsAre("unknown"));
}

TEST(SignalExits, WhatTheHandlerMakesOfAHelpersResultCounts) {
  Facts facts;
  facts.on_signal("helper", "sleep", {{"returns", "VM_FAULT_SIGBUS"}})
      .on_signal("fault", "helper", {{"returns", "VM_FAULT_NOPAGE"}});
  EXPECT_THAT(returns(facts.exits({"fault", "helper"})), ElementsAre("VM_FAULT_NOPAGE"));
}

TEST(SignalExits, AHelpersFaultResultMayBePassedOn) {
  Facts facts;
  facts.on_signal("helper", "sleep", {{"guarded", "VM_FAULT_SIGBUS"}})
      .on_signal("fault", "helper", {{"passes_error", true}});
  EXPECT_THAT(returns(facts.exits({"fault", "helper"})), ElementsAre("guarded VM_FAULT_SIGBUS"));
}

TEST(SignalExits, AHelpersNumberIsAnErrorToItsCaller) {
  Facts facts;
  facts.on_signal("helper", "sleep", {{"returns", "1"}})
      .on_signal("fault", "helper", {{"returns", "VM_FAULT_NOPAGE"}});
  EXPECT_THAT(returns(facts.exits({"fault", "helper"})), ElementsAre("VM_FAULT_NOPAGE"));
}

TEST(SignalExits, AHelpersNumberIsNoFaultResult) {
  Facts facts;
  facts.on_signal("helper", "sleep", {{"returns", "1"}});
  EXPECT_THAT(returns(facts.exits({"fault", "helper"})), ElementsAre("unknown"));
}

TEST(SignalExits, AnIgnoredSignalMayComeBackInTheCallersLoop) {
  Facts facts;
  facts.on_signal("helper", "sleep", {{"ignored", true}, {"loops", false}})
      .on_signal("fault", "helper", {{"ignored", true}, {"loops", true}});
  auto exits = facts.exits({"fault", "helper"});
  ASSERT_THAT(returns(exits), ElementsAre("ignored"));
  EXPECT_TRUE(exits[0].loops);

  Facts harmless;
  harmless.on_signal("helper", "sleep", {{"ignored", true}, {"loops", false}})
      .on_signal("fault", "helper", {{"ignored", true}, {"loops", false}});
  exits = harmless.exits({"fault", "helper"});
  EXPECT_FALSE(exits[0].loops);
}

TEST(SignalExits, AHandlerThatReturnsTheErrorItselfIsUnknown) {
  Facts facts;
  facts.on_signal("fault", "sleep", {{"passes_error", true}});
  EXPECT_THAT(returns(facts.exits({"fault"})), ElementsAre("unknown"));
}

TEST(SignalExits, FalseIsAskedAsItsOpposite) {
  Facts facts;
  facts.on_signal("helper", "sleep", {{"returns", "false"}})
      .on_signal("fault", "helper", {{"returns", "VM_FAULT_SIGBUS"}});
  EXPECT_THAT(returns(facts.exits({"fault", "helper"})), ElementsAre("VM_FAULT_SIGBUS"));
}

TEST(SignalExits, AnotherErrorIsTranslated) {
  Facts facts;
  facts.on_signal("helper", "sleep", {{"returns", "-EIO"}})
      .on_signal("fault", "helper", {{"translator", "to_fault"}})
      .translate("to_fault", "EIO", "VM_FAULT_SIGBUS");
  EXPECT_THAT(returns(facts.exits({"fault", "helper"})), ElementsAre("VM_FAULT_SIGBUS"));
}

TEST(SignalExits, AllIsAskedAheadInAFewRounds) {
  Facts facts;
  facts.on_signal("inner", "sleep", {{"passes_error", true}})
      .on_signal("outer", "inner", {{"passes_error", true}})
      .on_signal("fault", "outer", {{"translator", "to_fault"}})
      .translate("to_fault", "EINTR", "VM_FAULT_NOPAGE");
  EXPECT_THAT(returns(facts.exits({"fault", "outer", "inner"}, "-EINTR", true)),
              ElementsAre("VM_FAULT_NOPAGE"));
  EXPECT_EQ(facts.rounds_ahead_, 2);
  EXPECT_EQ(facts.rounds_, facts.rounds_ahead_);
}

TEST(SignalExits, AFailureOfTheQuestionIsAFailure) {
  const auto sketch = Sketch::of("int fault(void)\n{\n\treturn sleep();\n}\n");
  const AskAll ask = [](const auto&, const auto&, const auto&) -> Result<Answers> {
    return fail("no answer");
  };
  const Locate locate = [](const auto&, const auto&) -> Result<std::string> { return ""; };
  SignalResults results(
      ask, [&](const std::string&) -> Result<const Sketch*> { return sketch.get(); }, locate);
  const auto exits = results.exits({{{"fault", "a.c", 3, "direct", {}, {}}}, "sleep", "-EINTR"});
  ASSERT_FALSE(exits);
  EXPECT_EQ(exits.error().message, "no answer");
}

// spatch gave up on the caller: what the helper makes of the signal is not what the fault ends
// with.
TEST(SignalExits, WithoutAnAnswerTheEndIsUnknown) {
  const auto sketch = Sketch::of(
      "int fault(void)\n{\n\treturn helper();\n}\n\nint helper(void)\n{\n\tmark();\n\treturn "
      "sleep();\n}\n");
  const Locate locate = [](const auto&, const auto&) -> Result<std::string> { return ""; };
  for (const bool ahead : {false, true}) {
    const AskAll ask = [](const auto&, const auto&, const auto& questions) -> Result<Answers> {
      Answers answers;
      for (const auto& question : questions)
        if (question.source.text.find("mark") == std::string::npos)
          answers.emplace_back();
        else
          answers.emplace_back(JsonFacts(std::vector<json>{{{"line", 4}, {"returns", "0"}}}));
      return answers;
    };
    SignalResults results(
        ask, [&](const std::string&) -> Result<const Sketch*> { return sketch.get(); }, locate);
    const SleepPath path{
        {{"fault", "a.c", 0, "direct", {}, {}}, {"helper", "a.c", 0, "direct", {}, {}}},
        "sleep",
        "-EINTR"};
    if (ahead) {
      ASSERT_TRUE(results.ask_ahead({path}));
    }
    const auto exits = results.exits(path).value();
    ASSERT_EQ(exits.size(), 1U);
    EXPECT_EQ(exits[0].returns, "unknown");
    EXPECT_FALSE(exits[0].loops);
    EXPECT_FALSE(ends_fault(exits));
  }
}

TEST(SignalExits, ALockThatAHelperDroppedStaysDropped) {
  Facts facts;
  facts.on_signal("helper", "sleep", {{"passes_error", true}, {"mmap_lock_dropped", true}})
      .on_signal("fault", "helper", {{"returns", "VM_FAULT_RETRY"}});
  auto exits = facts.exits({"fault", "helper"});
  ASSERT_THAT(returns(exits), ElementsAre("VM_FAULT_RETRY"));
  EXPECT_TRUE(exits[0].mmap_lock_dropped);

  Facts number;
  number.on_signal("helper", "sleep", {{"returns", "1"}, {"mmap_lock_dropped", true}})
      .on_signal("fault", "helper", {{"returns", "VM_FAULT_RETRY"}});
  EXPECT_TRUE(number.exits({"fault", "helper"})[0].mmap_lock_dropped);

  Facts held;
  held.on_signal("helper", "sleep", {{"passes_error", true}})
      .on_signal("fault", "helper", {{"returns", "VM_FAULT_RETRY"}});
  EXPECT_FALSE(held.exits({"fault", "helper"})[0].mmap_lock_dropped);
}

SignalExit exit_with(std::string returned) {
  return {.returns = std::move(returned), .translator = {}};
}

TEST(EndsFault, OnlyAnErrorResultDoes) {
  for (const auto* ends : {"VM_FAULT_SIGBUS", "VM_FAULT_OOM", "VM_FAULT_SIGSEGV"})
    EXPECT_TRUE(ends_fault({exit_with(ends)})) << ends;
  for (const auto* goes_on : {"VM_FAULT_NOPAGE", "0", "1", "unknown", "VM_FAULT_MAJOR", "ret"})
    EXPECT_FALSE(ends_fault({exit_with(goes_on)})) << goes_on;
  EXPECT_FALSE(ends_fault({}));
}

TEST(EndsFault, RetryDoesWhereTheLockWasDropped) {
  auto retry = exit_with("VM_FAULT_RETRY");
  EXPECT_FALSE(ends_fault({retry}));
  retry.mmap_lock_dropped = true;
  EXPECT_TRUE(ends_fault({retry}));
}

TEST(EndsFault, AWaitThatIsCutShortDoesUnlessItLoops) {
  auto ignored = exit_with("ignored");
  EXPECT_TRUE(ends_fault({ignored}));
  ignored.loops = true;
  EXPECT_FALSE(ends_fault({ignored}));
}

TEST(EndsFault, EveryWayHasTo) {
  auto guarded = exit_with("VM_FAULT_SIGBUS");
  guarded.guarded = true;
  EXPECT_TRUE(ends_fault({guarded, guarded}));
  EXPECT_FALSE(ends_fault({guarded, exit_with("VM_FAULT_NOPAGE")}));
  EXPECT_FALSE(ends_fault({guarded, exit_with("unknown")}));
}

std::string worst_of(const std::vector<SignalExit>& exits) {
  return worst_exit(exits).returns;
}

TEST(WorstExit, IsTheOneThatSpins) {
  EXPECT_EQ(worst_of({exit_with("VM_FAULT_SIGBUS"), exit_with("VM_FAULT_NOPAGE")}),
            "VM_FAULT_NOPAGE");
  EXPECT_EQ(worst_of({exit_with("VM_FAULT_OOM")}), "VM_FAULT_OOM");
  EXPECT_EQ(worst_of({}), "unknown");
}

TEST(WorstExit, ALockThatStaysHeldIsWorse) {
  auto dropped = exit_with("VM_FAULT_RETRY");
  dropped.mmap_lock_dropped = true;
  const auto held = exit_with("VM_FAULT_RETRY");
  EXPECT_EQ(worst_of({dropped, exit_with("unknown")}), "unknown");
  EXPECT_FALSE(worst_exit({dropped, exit_with("VM_FAULT_NOPAGE"), held}).mmap_lock_dropped);
  EXPECT_TRUE(worst_exit({exit_with("VM_FAULT_OOM"), dropped}).mmap_lock_dropped);
}

}  // namespace
}  // namespace killify
