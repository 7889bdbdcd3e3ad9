#include "plan/preparation.h"

#include "support/text.h"

#include <algorithm>

namespace killify {
namespace {

void add_once(std::vector<std::string>& list, const std::string& item) {
  if (std::ranges::find(list, item) == list.end()) list.push_back(item);
}

void add_finding(Step& step, const Finding& finding) {
  auto same = [&](const Finding& known) { return known.id == finding.id; };
  if (std::ranges::none_of(step.findings, same)) step.findings.push_back(finding);
}

void add_twin(Step& step, const Twin& twin, const Finding& finding) {
  auto known = std::ranges::find(step.twins, twin.name, &Twin::name);
  if (known == step.twins.end()) known = step.twins.insert(step.twins.end(), twin);
  add_once(known->findings, finding.id);
}

bool calls_twin_of(const Step& step, const Step& other) {
  return std::ranges::any_of(step.twins, [&](const Twin& twin) {
    return std::ranges::any_of(other.twins, [&](const Twin& callee) {
      return twin.name != callee.name && twin.renames.contains(callee.model);
    });
  });
}

void note_files(Step& step) {
  std::set<std::string> files(step.files.begin(), step.files.end());
  for (const auto& twin : step.twins) files.insert(twin.files.begin(), twin.files.end());
  step.files.assign(files.begin(), files.end());
}

}  // namespace

Status Preparation::serve(const Finding& finding, const std::string& killable, Step& conversion) {
  std::vector<Twin> waiting;  // static ones, which go where their caller goes
  for (auto& twin : twins_.twins_for(killable)) {
    if (twin.internal) {
      waiting.push_back(std::move(twin));
      continue;
    }
    KILLIFY_TRY(const auto group, group_(twin.declared_in));
    const bool own = group == conversion.group;
    auto& step = own ? conversion : family_of(twin);
    for (const auto& internal : waiting) add_twin(step, internal, finding);
    waiting.clear();
    add_twin(step, twin, finding);
    if (own) continue;
    add_finding(step, finding);
    add_once(conversion.needs, step.name);
  }
  return {};
}

Step& Preparation::family_of(const Twin& twin) {
  const auto name = fmt::format("{} {}", kind_name(StepKind::kPrepare), twin.declared_in);
  auto known = std::ranges::find(steps_, name, &Step::name);
  if (known != steps_.end()) return *known;
  Step step;
  step.kind = StepKind::kPrepare;
  step.name = name;
  step.group = twin.declared_in;
  return *steps_.insert(steps_.end(), std::move(step));
}

Status Preparation::finish(Step& conversion) {
  std::set<std::string> replaced;
  for (auto twin = conversion.twins.rbegin(); twin != conversion.twins.rend(); ++twin) {
    KILLIFY_TRY(twin->replaces, is_left_alone(*twin, conversion, replaced));
    if (twin->replaces) replaced.insert(twin->model);
  }
  note_files(conversion);
  return {};
}

// Whether nobody calls the model of a twin any more when the conversion is done, so that the one
// can become the other.
Result<bool> Preparation::is_left_alone(const Twin& twin, const Step& conversion,
                                        const std::set<std::string>& replaced) {
  if (twin.guard) return false;  // a class stays where it is
  std::set<std::pair<std::string, std::string>> converted;
  for (const auto& finding : conversion.findings)
    if (finding.sink.name == twin.model)
      converted.emplace(finding.sink.file, finding.sink.function);
  for (const auto* file : facts_.words().files_with(twin.model)) {
    KILLIFY_TRY(const auto* sketch, facts_.sketch(file->path));
    const bool has_its_own = std::ranges::find(twin.files, file->path) == twin.files.end() &&
                             std::ranges::find(sketch->functions(), twin.model,
                                               &FunctionExtent::name) != sketch->functions().end();
    if (has_its_own) continue;  // a static one
    for (const auto& use : sketch->uses(twin.model)) {
      if (use.kind == Use::Kind::kDefinition) continue;
      const bool goes =
          use.kind == Use::Kind::kCall &&
          (converted.contains({file->path, use.function}) || replaced.contains(use.function));
      if (!goes) return false;
    }
  }
  return true;
}

std::vector<Step> Preparation::take_steps() {
  // A header's functions can need each other through another header's.
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    for (std::size_t j = i + 1; j < steps_.size(); ++j) {
      if (calls_twin_of(steps_[i], steps_[j])) {
        for (const auto& twin : steps_[j].twins) steps_[i].twins.push_back(twin);
        for (const auto& finding : steps_[j].findings) add_finding(steps_[i], finding);
        steps_.erase(steps_.begin() + static_cast<std::ptrdiff_t>(j--));
      }
    }
  }
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    auto& step = steps_[i];
    for (std::size_t j = 0; j < i; ++j)
      if (calls_twin_of(step, steps_[j])) step.needs.push_back(steps_[j].name);
    note_files(step);
    std::vector<std::string> names;
    for (const auto& twin : step.twins)
      if (!twin.internal) names.push_back(twin.named());
    step.reason = fmt::format("the tree has no {}, which {} for", list_in_words(names),
                              step.findings.size() == 1
                                  ? std::string("a sleep waits")
                                  : fmt::format("{} sleeps wait", step.findings.size()));
  }
  return std::move(steps_);
}

}  // namespace killify
