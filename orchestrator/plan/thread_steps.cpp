#include "plan/thread_steps.h"

#include "plan/twins.h"
#include "reach/sleeps.h"
#include "support/text.h"

#include <algorithm>
#include <optional>

namespace killify {
namespace {

// What is changed together: a function with its form, a function pointer with all that is behind
// it, or a context object with all that use its flag.
struct Item {
  std::string group;  // of its commit
  std::string title;  // of a commit of its own; "" where the group names the commit
  std::set<FunctionKey> functions;
  std::vector<FieldForm> fields;
  std::vector<ContextForm> contexts;
  std::set<std::size_t> needs;  // other items
  std::size_t cluster = 0;      // those with the same number go together
  bool done = false;
};

class StepMaker {
 public:
  StepMaker(TreeFacts& facts, const SeriesSpec& spec, Vocabulary& vocabulary,
            const Threading& threading, const Grouper& group)
      : facts_(facts), spec_(spec), vocabulary_(vocabulary), threading_(threading), group_(group) {}

  Result<std::vector<Step>> make(const std::vector<const Finding*>& findings) {
    find_wants(findings);
    KILLIFY_CHECK(make_items());
    find_clusters();
    find_needs();
    std::vector<Step> steps;
    for (auto chosen = next(); !chosen.empty(); chosen = next()) {
      KILLIFY_TRY(auto step, make_step(chosen, findings));
      steps.push_back(std::move(step));
    }
    return steps;
  }

 private:
  void find_wants(const std::vector<const Finding*>& findings) {
    for (const auto* finding : findings) {
      auto needs = threading_.needs.find(finding->id);
      if (needs == threading_.needs.end()) continue;
      std::vector<FunctionKey> open(needs->second.begin(), needs->second.end());
      while (!open.empty()) {
        auto function = open.back();
        open.pop_back();
        if (!wanted_by_[function].insert(finding->id).second) continue;
        for (const auto& callee : callees_of(function)) open.push_back(callee);
      }
    }
  }

  // The functions whose forms have to be there when this one gets its own.
  std::set<FunctionKey> callees_of(const FunctionKey& function) const {
    std::set<FunctionKey> callees;
    if (auto it = threading_.calls.find(function); it != threading_.calls.end())
      callees = it->second;
    for (const auto& [key, field] : threading_.fields)
      if (field.callers.contains(function))
        callees.insert(field.implementers.begin(), field.implementers.end());
    callees.erase(function);
    return callees;
  }

  Status make_items() {
    for (const auto& [key, field] : threading_.fields) {
      Item item;
      item.title = fmt::format("{}.{}", field.in, field.field);
      // The header belongs to those who call through it.
      KILLIFY_TRY(item.group,
                  group_(field.callers.empty() ? field.file : field.callers.begin()->first));
      item.functions = field.implementers;
      item.fields.push_back(field);
      take(std::move(item));
    }
    for (const auto& [key, context] : threading_.contexts) {
      Item item;
      KILLIFY_TRY(item.group, group_(context.file));
      item.functions = context.users;
      item.contexts.push_back(context);
      take(std::move(item));
    }
    for (const auto& [key, form] : threading_.forms) {
      if (item_of_.contains(key)) continue;
      Item item;
      KILLIFY_TRY(item.group, group_of(form));
      item.functions.insert(key);
      take(std::move(item));
    }
    return {};
  }

  void take(Item item) {
    for (const auto& function : item.functions) item_of_[function] = items_.size();
    items_.push_back(std::move(item));
  }

  // A function that gets no second name is called in the new form only: its callers are changed in
  // the same commit.
  void find_clusters() {
    for (std::size_t i = 0; i < items_.size(); ++i) items_[i].cluster = i;
    for (const auto& [caller, callees] : threading_.calls) {
      for (const auto& callee : callees) {
        const auto& form = threading_.forms.at(callee);
        const auto calls = item_of_.find(caller);
        if (calls != item_of_.end() && form.is_static && !form.keeps_callers && form.changes_head())
          unite(items_[item_of_.at(callee)], items_[calls->second]);
      }
    }
  }

  void unite(const Item& one, const Item& other) {
    const auto& named = other.title.empty() ? one : other;
    const auto group = named.group;
    const auto title = named.title;
    const auto left = one.cluster;
    const auto right = other.cluster;
    for (auto& item : items_) {
      if (item.cluster != left && item.cluster != right) continue;
      item.cluster = left;
      item.group = group;
      item.title = title;
    }
  }

  // An inline function of include/ goes with what it calls.
  Result<std::string> group_of(const StateForm& form) const {
    if (form.file.starts_with("include/"))
      if (auto calls = threading_.calls.find({form.file, form.function});
          calls != threading_.calls.end() && !calls->second.empty())
        return group_(calls->second.begin()->first);
    return group_(form.file);
  }

  void find_needs() {
    for (std::size_t i = 0; i < items_.size(); ++i) {
      for (const auto& function : items_[i].functions) {
        for (const auto& callee : callees_of(function)) {
          auto item = item_of_.find(callee);
          if (item != item_of_.end() && item->second != i) items_[i].needs.insert(item->second);
        }
      }
    }
  }

  bool is_ready(const Item& item, const std::set<std::size_t>& chosen) const {
    return !item.done && std::all_of(item.needs.begin(), item.needs.end(), [&](std::size_t need) {
      return items_[need].done || chosen.contains(need);
    });
  }

  // All items of a commit that can be done now, those after what they need among them.
  std::vector<std::size_t> closure(const std::string& group, const std::string& title) const {
    std::vector<std::size_t> order;
    std::set<std::size_t> chosen;
    for (bool more = true; more;) {
      more = false;
      for (std::size_t i = 0; i < items_.size(); ++i) {
        if (items_[i].group != group || items_[i].title != title || chosen.contains(i) ||
            !is_ready(items_[i], chosen))
          continue;
        order.push_back(i);
        chosen.insert(i);
        more = true;
      }
    }
    const auto lacks_some = [&](std::size_t i) {
      for (std::size_t other = 0; other < items_.size(); ++other)
        if (items_[other].cluster == items_[i].cluster && !chosen.contains(other)) return true;
      return !is_ready(items_[i], chosen);
    };
    for (auto at = order.begin(); at != order.end();) {
      if (!lacks_some(*at)) {
        ++at;
        continue;
      }
      chosen.erase(*at);
      order.erase(at);
      at = order.begin();
    }
    return order;
  }

  // The next commit: the one that gets furthest. Functions that call each other in a circle across
  // drivers leave nothing that is ready, and are changed together.
  std::vector<std::size_t> next() {
    std::vector<std::size_t> best;
    std::set<std::pair<std::string, std::string>> looked_at;
    for (const auto& item : items_) {
      if (item.done || !looked_at.emplace(item.group, item.title).second) continue;
      auto order = closure(item.group, item.title);
      bool better = order.size() > best.size() || (order.size() == best.size() && !best.empty() &&
                                                   item.group < items_[best.front()].group);
      if (better) best = std::move(order);
    }
    if (best.empty())
      for (std::size_t i = 0; i < items_.size(); ++i)
        if (!items_[i].done) best.push_back(i);
    for (auto i : best) items_[i].done = true;
    return best;
  }

  Result<Step> make_step(const std::vector<std::size_t>& chosen,
                         const std::vector<const Finding*>& findings) {
    Step step;
    step.kind = StepKind::kThread;
    step.group = items_[chosen.front()].group;
    auto title = items_[chosen.front()].title;
    auto base = fmt::format("thread {}", title.empty() ? step.group : title);
    auto nth = ++names_[base];
    step.name = nth == 1 ? base : fmt::format("{} ({})", base, nth);
    std::set<std::string> files;
    std::set<std::string> wanted;
    std::set<std::size_t> needs;
    for (auto i : chosen) {
      const auto& item = items_[i];
      for (auto need : item.needs) needs.insert(need);
      for (const auto& field : item.fields) {
        step.threads.fields.push_back(field);
        files.insert(field.file);
      }
      for (const auto& context : item.contexts) {
        step.threads.contexts.push_back(context);
        files.insert(context.file);
      }
      for (const auto& function : item.functions) {
        files.insert(function.first);
        if (auto form = threading_.forms.find(function); form != threading_.forms.end()) {
          step.threads.forms.push_back(form->second);
          files.insert(form->second.files.begin(), form->second.files.end());
        }
        if (auto calls = threading_.calls.find(function); calls != threading_.calls.end())
          for (const auto& callee : calls->second) {
            step.threads.calls[function].push_back(threading_.forms.at(callee));
            if (threading_.undone.contains({function, callee}))
              step.threads.undone.emplace_back(function.second,
                                               threading_.forms.at(callee).renamed);
          }
        const auto& ids = wanted_by_[function];
        step.threads.wanted_by[function].insert(ids.begin(), ids.end());
        wanted.insert(ids.begin(), ids.end());
      }
      KILLIFY_CHECK(add_runs(item, step));
    }
    for (const auto& field : step.threads.fields)
      for (const auto& caller : field.callers) files.insert(caller.first);
    for (auto need : needs)
      if (auto name = step_of_.find(need); name != step_of_.end())
        step.needs.push_back(name->second);
    std::sort(step.needs.begin(), step.needs.end());
    step.needs.erase(std::unique(step.needs.begin(), step.needs.end()), step.needs.end());
    for (auto i : chosen) step_of_[i] = step.name;
    step.files.assign(files.begin(), files.end());
    for (const auto* finding : findings)
      if (wanted.contains(finding->id)) step.findings.push_back(*finding);
    step.reason =
        is_asked_for_alone(step)
            ? std::string("the series file asks for it; no fault that is looked at needs it")
            : fmt::format("{} shared with callers that are no page faults",
                          step.threads.forms.size() == 1 ? "the function is" : "the functions are");
    return step;
  }

  Status add_runs(const Item& item, Step& step) {
    for (const auto& field : item.fields)
      for (const auto& [file, function] : field.callers)
        step.runs.push_back({"thread/call.cocci",
                             file,
                             {{"fn", function},
                              {"callee", field.field},
                              {"index", std::to_string(field.index)},
                              {"field_call", ""}}});
    for (const auto& function : item.functions) {
      auto form = threading_.forms.find(function);
      if (form != threading_.forms.end()) KILLIFY_CHECK(add_body(form->second, step));
      auto name = form != threading_.forms.end() ? form->second.renamed : function.second;
      auto value = form != threading_.forms.end() ? form->second.state : std::string();
      for (const auto& context : item.contexts) {
        if (!context.users.contains(function)) continue;
        PatchRun run{"thread/context.cocci",
                     function.first,
                     {{"fn", name},
                      {"context", context.in},
                      {"context_field", context.flag},
                      {"to", context.state}}};
        if (context.position) run.defines["index"] = std::to_string(*context.position);
        if (form != threading_.forms.end() &&
            (form->second.kind == FlagKind::kBool || form->second.kind == FlagKind::kNone)) {
          run.defines["flag"] =
              form->second.kind == FlagKind::kBool ? form->second.flag : std::string("true");
          run.defines["value"] = form->second.state;
        }
        KILLIFY_CHECK(add_primitives(function, run, step));
        step.runs.push_back(std::move(run));
        for (auto call : call_runs(threading_, function, name, "")) {
          if (!call.defines.contains("index")) continue;
          call.defines["context"] = context.in;
          call.defines["context_field"] = context.flag;
          call.defines["to"] = context.state;
          step.runs.push_back(std::move(call));
        }
      }
      if (form == threading_.forms.end()) continue;
      for (auto& run : call_runs(threading_, function, name, value))
        step.runs.push_back(std::move(run));
    }
    return {};
  }

  Status add_body(const StateForm& form, Step& step) {
    if (form.kind == FlagKind::kState) return {};
    PatchRun run{form.kind == FlagKind::kNone ? "thread/always.cocci" : "thread/flag.cocci",
                 form.file,
                 {{"fn", form.renamed}, {"state", form.state}}};
    if (form.kind == FlagKind::kBool) run.defines["flag"] = form.flag;
    if (form.kind == FlagKind::kBit) {
      run.defines["word"] = form.flag;
      run.defines["bit"] = form.bit;
    }
    KILLIFY_CHECK(add_primitives({form.file, form.function}, run, step));
    for (const auto& [primitive, stateful] : kStatefulForms) {
      KILLIFY_TRY(bool there, vocabulary_.has(stateful));
      if (there) run.defines[stateful] = "";
    }
    step.runs.push_back(std::move(run));
    return {};
  }

  // The primitives that the body calls of which the state can choose a killable form. One without a
  // result would not tell that the signal came; one that waits on a queue is a macro, and none is
  // made where the tree has none.
  Status add_primitives(const FunctionKey& key, PatchRun& run, Step& step) {
    KILLIFY_TRY(const auto* facts, facts_.part(key.first));
    KILLIFY_TRY(const auto* sketch, facts_.sketch(key.first));
    const auto* function = facts->function(key.second);
    if (function == nullptr) return {};
    auto tokens = tokens_of(sketch->text());
    std::set<std::string> names;
    for (const auto& sleep : sleeps_in(*function, *facts, tokens, spec_.catalogue)) {
      const auto& sink = *sleep.sink;
      if (sink.family == "none" || sink.result == SinkResult::kNothing) continue;
      if (!sink.counterpart || *sink.counterpart != killable_name(sink.name)) continue;
      KILLIFY_TRY(bool there, vocabulary_.has(*sink.counterpart));
      if (sink.queue && !there) continue;
      names.insert(sink.name);
      step.threads.primitives[key][sink.name] = *sink.counterpart;
    }
    if (!names.empty()) run.defines["primitives"] = join({names.begin(), names.end()}, ",");
    return {};
  }

  TreeFacts& facts_;
  const SeriesSpec& spec_;
  Vocabulary& vocabulary_;
  const Threading& threading_;
  const Grouper& group_;
  std::vector<Item> items_;
  std::map<FunctionKey, std::size_t> item_of_;
  std::map<FunctionKey, std::set<std::string>> wanted_by_;
  std::map<std::string, int> names_;
  std::map<std::size_t, std::string> step_of_;
};

}  // namespace

Result<std::vector<Step>> thread_steps(TreeFacts& facts, const SeriesSpec& spec,
                                       Vocabulary& vocabulary, const Threading& threading,
                                       const std::vector<const Finding*>& findings,
                                       const Grouper& group) {
  return StepMaker(facts, spec, vocabulary, threading, group).make(findings);
}

std::vector<PatchRun> call_runs(const Threading& threading, const FunctionKey& caller,
                                const std::string& name, const std::string& value) {
  std::vector<PatchRun> runs;
  auto calls = threading.calls.find(caller);
  if (calls == threading.calls.end()) return runs;
  auto from = threading.forms.find(caller);
  for (const auto& callee : calls->second) {
    const auto& form = threading.forms.at(callee);
    if (!form.changes_head()) continue;
    PatchRun run{"thread/call.cocci",
                 caller.first,
                 {{"fn", name}, {"callee", form.function}, {"renamed", form.renamed}}};
    if (!value.empty()) run.defines["value"] = value;  // spatch takes an empty one for a rule
    if (threading.undone.contains({caller, callee})) run.defines["value"] = "TASK_UNINTERRUPTIBLE";
    if (form.kind == FlagKind::kNone) {
      run.defines["append"] = "";
    } else {
      run.defines["index"] = std::to_string(form.index);
      if (form.kind == FlagKind::kBit) run.defines["bit"] = form.bit;
      if (from != threading.forms.end() && from->second.kind == FlagKind::kBool)
        run.defines["flag"] = from->second.flag;
    }
    runs.push_back(std::move(run));
  }
  return runs;
}

std::vector<PatchRun> flip_runs(const Threading& threading, const FunctionKey& flip) {
  auto runs = call_runs(threading, flip, flip.second, kKillableState);
  if (auto makes = threading.makes.find(flip); makes != threading.makes.end())
    for (const auto& made : makes->second) {
      const auto& context = threading.contexts.at(made);
      PatchRun run{kObjectPatch,
                   flip.first,
                   {{"fn", flip.second}, {"context", context.in}, {"to", context.state}}};
      if (context.position) run.defines["index"] = std::to_string(*context.position);
      runs.push_back(std::move(run));
    }
  return runs;
}

}  // namespace killify
