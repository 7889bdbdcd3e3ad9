#include "prove/trial.h"

#include "prove/trial_json.h"
#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace killify {

using nlohmann::ordered_json;

const Trial* find_trial(const std::vector<Trial>& trials, std::string_view access,
                        std::string_view signal, bool one_cpu) {
  const auto found = std::ranges::find_if(trials, [&](const Trial& trial) {
    return trial.access == access && trial.signal == signal && trial.one_cpu == one_cpu;
  });
  return found == trials.end() ? nullptr : &*found;
}

ordered_json trial_json(const Trial& trial) {
  return {{"subject", trial.subject},
          {"sleep", trial.sleep},
          {"result", trial.result},
          {"handler", trial.handler},
          {"access", trial.access},
          {"signal", trial.signal},
          {"one_cpu", trial.one_cpu},
          {"entries", trial.entries},
          {"cpu_ms", trial.cpu_ms},
          {"held_ms", trial.held_ms},
          {"finished", trial.finished},
          {"ended_while_held", trial.ended_while_held},
          {"handled_while_held", trial.handled_while_held},
          {"handled", trial.handled},
          {"killed_by", trial.killed_by},
          {"returned", trial.returned},
          {"value", trial.value},
          {"errno", trial.error},
          {"intact", trial.intact}};
}

Trial trial_from(const ordered_json& json) {
  Trial trial;
  json.at("subject").get_to(trial.subject);
  json.at("sleep").get_to(trial.sleep);
  json.at("result").get_to(trial.result);
  json.at("handler").get_to(trial.handler);
  json.at("access").get_to(trial.access);
  json.at("signal").get_to(trial.signal);
  json.at("one_cpu").get_to(trial.one_cpu);
  json.at("entries").get_to(trial.entries);
  json.at("cpu_ms").get_to(trial.cpu_ms);
  json.at("held_ms").get_to(trial.held_ms);
  json.at("finished").get_to(trial.finished);
  json.at("ended_while_held").get_to(trial.ended_while_held);
  json.at("handled_while_held").get_to(trial.handled_while_held);
  json.at("handled").get_to(trial.handled);
  json.at("killed_by").get_to(trial.killed_by);
  json.at("returned").get_to(trial.returned);
  json.at("value").get_to(trial.value);
  json.at("errno").get_to(trial.error);
  json.at("intact").get_to(trial.intact);
  return trial;
}

void GuestReport::read(std::string_view line) {
  line = trim(line);  // a serial port ends lines with "\r\n"
  if (line.empty()) return;
  try {
    const auto json = ordered_json::parse(line);
    const auto event = json.at("event").get<std::string>();
    if (event == "start") {
      json.at("kernel").get_to(kernel);
      json.at("processors").get_to(processors);
    } else if (event == "trial") {
      trials.push_back(trial_from(json));
    } else if (event == "unusable") {
      unusable.push_back({json.at("device"), json.at("driver"), json.at("why")});
    } else if (event == "failure") {
      json.at("text").get_to(failure);
    } else if (event == "end") {
      complete = true;
    } else if (failure.empty()) {
      failure = fmt::format("says '{}', which is not known", event);
    }
  } catch (const ordered_json::exception&) {
    if (failure.empty()) failure = fmt::format("says '{}', which is not understood", line);
  }
}

}  // namespace killify
