#include "spec/catalogue.h"

#include "yaml_files.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using testing::ElementsAre;

class CatalogueTest : public YamlFiles {
 protected:
  Result<Catalogue> load(std::string_view sinks, std::string_view wakers = " []\n") const {
    return load_catalogue(write(
        "c.yaml", fmt::format("wakers:{}queue_waits: [wait_event]\nsinks:\n{}", wakers, sinks)));
  }
  std::string error_of(std::string_view sinks) const {
    const auto result = load(sinks);
    return result ? "no error" : local(result.error().message);
  }
};

TEST_F(CatalogueTest, ReadsASinkThatAlwaysSleeps) {
  const Catalogue catalogue = load(
                                  "  - name: mutex_lock_interruptible\n"
                                  "    family: mutex\n"
                                  "    result: error\n"
                                  "    error: -EINTR\n"
                                  "    killable: mutex_lock_killable\n"
                                  "    object: 0\n")
                                  .value();
  const Sink* sink = catalogue.find("mutex_lock_interruptible");
  ASSERT_NE(sink, nullptr);
  EXPECT_EQ(sink->family, "mutex");
  EXPECT_EQ(sink->condition.kind, SinkCondition::Kind::kAlways);
  EXPECT_EQ(sink->result, SinkResult::kErrorOnlyOnSignal);
  EXPECT_EQ(sink->error, "-EINTR");
  EXPECT_EQ(sink->counterpart, "mutex_lock_killable");
  EXPECT_EQ(sink->object, 0U);
  EXPECT_FALSE(sink->queue);
  EXPECT_EQ(catalogue.find("mutex_lock"), nullptr);
  EXPECT_THAT(catalogue.queue_waits, ElementsAre("wait_event"));
}

TEST_F(CatalogueTest, ReadsEachCondition) {
  const auto condition = [&](std::string_view when) {
    return load(fmt::format("  - {{name: f, family: none, result: nothing, when: {}}}\n", when))
        .value()
        .sinks.front()
        .condition;
  };
  using Kind = SinkCondition::Kind;
  EXPECT_EQ(condition("{argument: 1, is: true}").kind, Kind::kArgumentTrue);
  EXPECT_EQ(condition("{argument: 1, is: true}").argument, 1U);
  EXPECT_EQ(condition("{argument: 2, flag: F}").kind, Kind::kArgumentFlag);
  EXPECT_EQ(condition("{argument: 2, flag: F}").name, "F");
  EXPECT_EQ(condition("{argument: 0, field: intr}").kind, Kind::kContextField);
  EXPECT_EQ(condition("{argument: 0, state: TASK_INTERRUPTIBLE}").kind, Kind::kArgumentState);
  EXPECT_EQ(condition("{argument: 0, state: TASK_INTERRUPTIBLE}").name, "TASK_INTERRUPTIBLE");
}

TEST_F(CatalogueTest, AStateTakingSinkIsItsOwnCounterpart) {
  const auto catalogue = load(
      "  - {name: wait_on_bit, family: task_state, result: error, error: -EINTR,\n"
      "     when: {argument: 2, state: TASK_INTERRUPTIBLE}}\n");
  EXPECT_EQ(catalogue.value().sinks.front().counterpart, "wait_on_bit");
}

TEST_F(CatalogueTest, EachCampaignReadsItsColumn) {
  const std::string_view sinks =
      "  - {name: lock, family: mutex, result: error, error: -EINTR, killable: lock_killable,\n"
      "     uninterruptible: {name: lock_plain, returns: nothing}}\n"
      "  - {name: wait, family: none, result: error, error: -EINTR,\n"
      "     uninterruptible: {name: wait_plain, returns: nothing, unbounded: true}}\n"
      "  - {name: wait_timeout, family: none, result: error-or-other, error: -EINTR,\n"
      "     uninterruptible: wait_plain_timeout}\n"
      "  - {name: set_state, family: task_state, result: nothing,\n"
      "     when: {argument: 0, state: TASK_INTERRUPTIBLE}}\n";
  const auto text = write("c.yaml", fmt::format("wakers: []\nqueue_waits: []\nsinks:\n{}", sinks));
  const auto killable = load_catalogue(text).value().sinks;
  EXPECT_EQ(killable[0].counterpart, "lock_killable");
  EXPECT_TRUE(killable[0].counterpart_returns);
  EXPECT_EQ(killable[1].counterpart, std::nullopt);
  const auto plain = load_catalogue(text, Becomes::kUninterruptible).value().sinks;
  EXPECT_EQ(plain[0].counterpart, "lock_plain");
  EXPECT_FALSE(plain[0].counterpart_returns);
  EXPECT_FALSE(plain[0].unbounded);
  EXPECT_EQ(plain[1].counterpart, "wait_plain");
  EXPECT_TRUE(plain[1].unbounded);
  EXPECT_EQ(plain[2].counterpart, "wait_plain_timeout");
  EXPECT_TRUE(plain[2].counterpart_returns);
  EXPECT_EQ(plain[3].counterpart, std::nullopt);
  // The search stops at what only a fatal signal ends, whatever the campaign is about.
  EXPECT_THAT(load_catalogue(text, Becomes::kUninterruptible).value().killable,
              ElementsAre("lock_killable"));
}

TEST_F(CatalogueTest, AnUninterruptibleCounterpartIsANameOrAMapping) {
  const auto error = [&](std::string_view column) {
    return error_of(fmt::format(
        "  - {{name: f, family: none, result: nothing, uninterruptible: {}}}\n", column));
  };
  EXPECT_EQ(error("{name: g, returns: all}"),
            "c.yaml:4:82: 'all' is not what the counterpart returns; known: nothing");
  EXPECT_EQ(error("{name: g}"), "c.yaml:4:63: 'returns' is missing here");
  EXPECT_EQ(
      error("[g]"),
      "c.yaml:4:63: expected a mapping with the keys name, returns and unbounded, not a list");
}

TEST_F(CatalogueTest, AConditionSaysOneThing) {
  EXPECT_EQ(error_of("  - {name: f, family: none, result: nothing,\n     when: {argument: 1}}\n"),
            "c.yaml:5:12: needs one of 'is', 'state', 'flag' and 'field'");
  EXPECT_EQ(error_of("  - {name: f, family: none, result: nothing,\n"
                     "     when: {argument: 1, is: true, flag: F}}\n"),
            "c.yaml:5:12: needs one of 'is', 'state', 'flag' and 'field'");
  EXPECT_EQ(error_of("  - {name: f, family: none, result: nothing,\n"
                     "     when: {argument: 1, is: false}}\n"),
            "c.yaml:5:30: only 'is: true' is understood");
}

TEST_F(CatalogueTest, ResultsAndErrorsBelongTogether) {
  EXPECT_EQ(error_of("  - {name: f, family: none, result: error}\n"),
            "c.yaml:4:5: 'error' is missing here");
  EXPECT_EQ(error_of("  - {name: f, family: none, result: nothing, error: -EINTR}\n"),
            "c.yaml:4:53: no error is returned where 'result' is not an error");
  EXPECT_EQ(error_of("  - {name: f, family: none, result: error, error: -EINT}\n"),
            "c.yaml:4:51: '-EINT' is not the error of a signal (did you mean '-EINTR'?)");
  EXPECT_EQ(error_of("  - {name: f, family: none, result: eror, error: -EINTR}\n"),
            "c.yaml:4:37: 'eror' is not what a sleep returns (did you mean 'error'?)");
}

TEST_F(CatalogueTest, AFamilyConvertsToSomething) {
  EXPECT_EQ(error_of("  - {name: f, family: mutex, result: nothing}\n"),
            "c.yaml:4:5: 'killable' is missing here: a family converts to something");
}

TEST_F(CatalogueTest, ANameTwiceIsAnError) {
  EXPECT_EQ(error_of("  - {name: f, family: none, result: nothing}\n"
                     "  - {name: f, family: none, result: true}\n"),
            "c.yaml:5:5: 'f' is there twice; keep one");
}

TEST_F(CatalogueTest, WrongTypesAreNamed) {
  EXPECT_EQ(error_of("  name: f\n"), "c.yaml:4:3: expected a list, not a mapping");
  EXPECT_EQ(error_of("  - {name: f, family: none, result: nothing, object: first}\n"),
            "c.yaml:4:54: expected the number of an argument, counted from 0, not 'first'");
  EXPECT_EQ(error_of("  - {name: f, family: none, result: nothing, queue: 1}\n"),
            "c.yaml:4:53: '1' is not true or false; known: true, false");
}

TEST_F(CatalogueTest, ReadsWakers) {
  const Catalogue catalogue =
      load(" []\n",
           "\n  - {name: wake_up_interruptible, counterpart: wake_up, object: 0}\n"
           "  - {name: __wake_up, object: 0, state: 1}\n")
          .value();
  ASSERT_EQ(catalogue.wakers.size(), 2U);
  EXPECT_EQ(catalogue.wakers[0].counterpart, "wake_up");
  EXPECT_EQ(catalogue.wakers[0].state, std::nullopt);
  EXPECT_EQ(catalogue.wakers[1].counterpart, "");
  EXPECT_EQ(catalogue.wakers[1].state, 1U);
}

}  // namespace
}  // namespace killify
