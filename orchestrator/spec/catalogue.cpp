#include "spec/catalogue.h"

#include "spec/yaml_node.h"

#include <algorithm>
#include <set>

namespace killify {
namespace {

using Kind = SinkCondition::Kind;

constexpr const char* kWhatArgument = "the number of an argument, counted from 0";

// {argument: 1, is: true}, {argument: 0, state: TASK_INTERRUPTIBLE}, {argument: 1, flag: NAME} or
// {argument: 1, field: NAME}.
Result<SinkCondition> read_condition(const YamlNode& node) {
  KILLIFY_TRY(const YamlMap map, node.map({"argument"}, {"is", "state", "flag", "field"}));
  SinkCondition condition;
  KILLIFY_TRY(condition.argument, map.at("argument").number(kWhatArgument));
  int said = 0;
  if (const YamlNode* is = map.find("is")) {
    ++said;
    condition.kind = Kind::kArgumentTrue;
    KILLIFY_TRY(const bool value, is->boolean("what the argument is when the sleep can end"));
    if (!value) return is->fail("only 'is: true' is understood");
  }
  const std::pair<const char*, Kind> named[] = {{"state", Kind::kArgumentState},
                                                {"flag", Kind::kArgumentFlag},
                                                {"field", Kind::kContextField}};
  for (const auto& [key, kind] : named) {
    const YamlNode* name = map.find(key);
    if (name == nullptr) continue;
    ++said;
    condition.kind = kind;
    KILLIFY_TRY(condition.name, name->text(fmt::format("the name of the {}", key)));
  }
  if (said != 1) return node.fail("needs one of 'is', 'state', 'flag' and 'field'");
  return condition;
}

Status read_result(const YamlNode& node, const YamlMap& map, Sink& sink) {
  KILLIFY_TRY(sink.result,
              map.at("result").word<SinkResult>("what a sleep returns",
                                                {{"error", SinkResult::kErrorOnlyOnSignal},
                                                 {"error-or-other", SinkResult::kErrorOrOther},
                                                 {"true", SinkResult::kTrueOnSignal},
                                                 {"nothing", SinkResult::kNothing}}));
  const bool returns_error =
      sink.result == SinkResult::kErrorOnlyOnSignal || sink.result == SinkResult::kErrorOrOther;
  const YamlNode* error = map.find("error");
  if (error == nullptr && returns_error) return node.fail("'error' is missing here");
  if (error == nullptr) return {};
  if (!returns_error) return error->fail("no error is returned where 'result' is not an error");
  using Text = std::string;
  KILLIFY_TRY(sink.error,
              error->word<Text>("the error of a signal",
                                {{"-EINTR", "-EINTR"}, {"-ERESTARTSYS", "-ERESTARTSYS"}}));
  return {};
}

// "down_read", or {name: down_read, returns: nothing} where the result goes with the signal.
Status read_unsignalled(const YamlNode& node, Sink& sink) {
  if (const auto name = node.text("the name of the counterpart")) {
    sink.counterpart = *name;
    return {};
  }
  KILLIFY_TRY(const YamlMap map, node.map({"name", "returns"}, {"unbounded"}));
  KILLIFY_TRY(sink.counterpart, map.at("name").text("the name of the counterpart"));
  KILLIFY_TRY(sink.counterpart_returns,
              map.at("returns").word<bool>("what the counterpart returns", {{"nothing", false}}));
  if (const YamlNode* unbounded = map.find("unbounded")) {
    KILLIFY_TRY(sink.unbounded, unbounded->boolean("true or false"));
  }
  return {};
}

// The counterpart of the campaign's column; each of them is checked.
Status read_counterpart(const YamlNode& node, const YamlMap& map, Becomes becomes, Sink& sink,
                        std::vector<std::string>& all_killable) {
  Sink uninterruptible{};
  Sink idle{};
  for (auto [name, told] : {std::pair{"uninterruptible", &uninterruptible}, {"idle", &idle}})
    if (const YamlNode* column = map.find(name)) KILLIFY_CHECK(read_unsignalled(*column, *told));
  std::optional<std::string> killable;
  if (const YamlNode* column = map.find("killable")) {
    KILLIFY_TRY(killable, column->text("the name of the killable counterpart"));
  } else if (sink.condition.kind == Kind::kArgumentState) {
    killable = sink.name;
  }
  if (!killable && sink.family != "none")
    return node.fail("'killable' is missing here: a family converts to something");
  if (killable && sink.condition.kind == Kind::kAlways) all_killable.push_back(*killable);
  if (becomes == Becomes::kKillable) {
    sink.counterpart = std::move(killable);
  } else {
    Sink& told = becomes == Becomes::kIdle ? idle : uninterruptible;
    sink.counterpart = std::move(told.counterpart);
    sink.counterpart_returns = told.counterpart_returns;
    sink.unbounded = told.unbounded;
  }
  return {};
}

Result<Sink> read_sink(const YamlNode& node, Becomes becomes,
                       std::vector<std::string>& all_killable) {
  KILLIFY_TRY(const YamlMap map, node.map({"name", "family", "result"},
                                          {"when", "error", "killable", "uninterruptible", "idle",
                                           "object", "context", "timeout", "queue"}));
  Sink sink;
  KILLIFY_TRY(sink.name, map.at("name").text("the name of a function or macro"));
  KILLIFY_TRY(sink.family, map.at("family").text("the name of a family, or none"));
  if (const YamlNode* when = map.find("when")) {
    KILLIFY_TRY(sink.condition, read_condition(*when));
  }
  KILLIFY_CHECK(read_result(node, map, sink));
  KILLIFY_CHECK(read_counterpart(node, map, becomes, sink, all_killable));
  if (const YamlNode* object = map.find("object")) {
    KILLIFY_TRY(sink.object, object->number(kWhatArgument));
  }
  if (const YamlNode* context = map.find("context")) {
    KILLIFY_TRY(sink.context, context->number(kWhatArgument));
    if (sink.result != SinkResult::kErrorOrOther)
      return context->fail("only a 'result' of error-or-other has other causes");
  }
  if (const YamlNode* timeout = map.find("timeout")) {
    KILLIFY_TRY(sink.timeout, timeout->number(kWhatArgument));
  }
  if (const YamlNode* queue = map.find("queue")) {
    KILLIFY_TRY(sink.queue, queue->boolean("true or false"));
  }
  return sink;
}

Result<Waker> read_waker(const YamlNode& node) {
  KILLIFY_TRY(const YamlMap map, node.map({"name", "object"}, {"counterpart", "state"}));
  Waker waker;
  KILLIFY_TRY(waker.name, map.at("name").text("the name of a function or macro"));
  KILLIFY_TRY(waker.object, map.at("object").number(kWhatArgument));
  if (const YamlNode* counterpart = map.find("counterpart")) {
    KILLIFY_TRY(waker.counterpart, counterpart->text("the name of the counterpart"));
  }
  if (const YamlNode* state = map.find("state")) {
    KILLIFY_TRY(waker.state, state->number(kWhatArgument));
  }
  return waker;
}

// A list of things that have names, no name twice.
template <typename T, typename Read>
Result<std::vector<T>> read_named(const YamlNode& node, const Read& read) {
  KILLIFY_TRY(const std::vector<YamlNode> items, node.list("a list"));
  std::vector<T> result;
  std::set<std::string> names;
  for (const YamlNode& item : items) {
    KILLIFY_TRY(T value, read(item));
    if (!names.insert(value.name).second)
      return item.fail("'{}' is there twice; keep one", value.name);
    result.push_back(std::move(value));
  }
  return result;
}

}  // namespace

const Sink* Catalogue::find(const std::string& name) const {
  const auto sink = std::ranges::find(sinks, name, &Sink::name);
  return sink == sinks.end() ? nullptr : &*sink;
}

Result<Catalogue> load_catalogue(const std::string& file, Becomes becomes) {
  KILLIFY_TRY(const YamlNode document, YamlNode::load(file));
  KILLIFY_TRY(const YamlMap map, document.map({"sinks", "wakers", "queue_waits"}));
  Catalogue catalogue;
  KILLIFY_TRY(catalogue.sinks, read_named<Sink>(map.at("sinks"), [&](const YamlNode& item) {
                return read_sink(item, becomes, catalogue.killable);
              }));
  KILLIFY_TRY(catalogue.wakers, read_named<Waker>(map.at("wakers"), &read_waker));
  KILLIFY_TRY(catalogue.queue_waits, map.at("queue_waits").texts("a list of functions and macros"));
  return catalogue;
}

}  // namespace killify
