#include "series/thread_sentences.h"

#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace killify {
namespace {

constexpr std::size_t kNamesInASentence = 6;  // more are counted, not named

std::string named(std::vector<std::string> names, std::string_view what) {
  if (names.size() > kNamesInASentence) {
    const auto others = names.size() - kNamesInASentence + 1;
    names.resize(kNamesInASentence - 1);
    names.push_back(fmt::format("{} other {}", others, what));
  }
  return list_in_words(names);
}

std::string problem(const Step& step) {
  const auto& threads = step.threads;
  const auto flag = std::ranges::find_if(
      threads.forms, [](const StateForm& form) { return form.kind == FlagKind::kBool; });
  const auto bit = std::ranges::find_if(
      threads.forms, [](const StateForm& form) { return form.kind == FlagKind::kBit; });
  std::string decides;  // what says today how to sleep
  if (flag != threads.forms.end())
    decides = fmt::format("'{}' of {}", flag->flag, call(flag->function));
  else if (bit != threads.forms.end())
    decides = fmt::format("{} in '{}' of {}", bit->bit, bit->flag, call(bit->function));
  else if (!threads.contexts.empty())
    decides = fmt::format("'{}' of struct {}", threads.contexts[0].flag, threads.contexts[0].in);
  std::string how = "They always sleep in TASK_INTERRUPTIBLE.";
  if (!decides.empty())
    how = fmt::format(
        "A flag like {} tells TASK_INTERRUPTIBLE from TASK_UNINTERRUPTIBLE, and has no value for "
        "TASK_KILLABLE.",
        decides);
  if (is_asked_for_alone(step))
    return how + " A caller that must let only fatal signals interrupt its sleep cannot say so.";
  return "A page fault handler must let only fatal signals interrupt its sleep: any other stays "
         "pending while a fault from kernel mode is retried. Where it sleeps in functions that "
         "others call, too, these have to learn from their callers which signals count. " +
         how;
}

std::string forms(const Threads& threads) {
  std::vector<std::string> kept;
  std::vector<std::string> changed;
  std::vector<std::string> exported;
  std::vector<std::string> dropped;
  for (const auto& form : threads.forms) {
    if (!form.changes_head()) continue;
    if (form.exported) exported.push_back(call(form.function));
    if (form.drops_export) dropped.push_back(call(form.function));
    if (form.keeps_callers)
      kept.push_back(call(form.renamed));
    else if (form.files.size() == 1 && form.renamed != form.function)
      changed.push_back(call(form.renamed));
  }
  std::vector<std::string> sentences;
  if (!kept.empty())
    sentences.push_back(fmt::format("Add {}, which {} a task state instead.",
                                    named(kept, "functions"), kept.size() == 1 ? "takes" : "take"));
  if (!exported.empty())
    sentences.push_back(fmt::format(
        "{} {} exported and as {}, for those who call {}.", named(exported, "functions"),
        exported.size() == 1 ? "stays" : "stay", exported.size() == 1 ? "it is" : "they are",
        exported.size() == 1 ? "it" : "them"));
  if (const auto inlined = kept.size() - std::min(kept.size(), exported.size()); inlined > 0)
    sentences.push_back(fmt::format(
        "The {} an inline function for those who call it.",
        exported.empty()
            ? (inlined == 1 ? "old name stays as" : "old names stay, each as")
            : (inlined == 1 ? "other old name stays as" : "other old names stay, each as")));
  if (!dropped.empty())
    sentences.push_back(fmt::format(
        "The export of {} goes: the series file says that no module outside of the tree uses {}.",
        named(dropped, "functions"), dropped.size() == 1 ? "it" : "them"));
  if (!changed.empty())
    sentences.push_back(fmt::format("{} {} all callers in its file.", named(changed, "functions"),
                                    changed.size() == 1 ? "replaces the old function for"
                                                        : "replace the old functions, each for"));
  return join(sentences, " ");
}

std::string behind(const Threads& threads) {
  std::vector<std::string> sentences;
  for (const auto& field : threads.fields)
    sentences.push_back(fmt::format(
        "{}.{}() is handed a task state; its {} {} along, so that none takes a state for a flag.",
        field.in, field.field, counted(field.implementers.size(), "implementation"),
        field.implementers.size() == 1 ? "changes" : "change"));
  for (const auto& context : threads.contexts)
    sentences.push_back(fmt::format("struct {} keeps a task state in the place of its flag '{}'.",
                                    context.in, context.flag));
  return join(sentences, " ");
}

// The functions that only the series file wants, by their new names.
std::vector<std::string> asked_for(const Step& step) {
  std::vector<std::string> names;
  for (const auto& form : step.threads.forms) {
    const auto wanted = findings_that_want(step, {form.file, form.function});
    if (form.changes_head() && std::ranges::all_of(step.findings, [&](const Finding& finding) {
          return is_asked_for(finding) || !wanted.contains(finding.id);
        }))
      names.push_back(call(form.renamed));
  }
  return names;
}

std::string users_of_threads(const Change& change) {
  if (is_asked_for_alone(change.step))
    return "This is for callers to come: nothing passes TASK_KILLABLE yet.";
  std::vector<std::string> groups;
  const std::string convert = kind_name(StepKind::kConvert) + std::string(" ");
  for (const std::string& name : change.step.enables)
    if (name.starts_with(convert)) groups.push_back(name.substr(convert.size()));
  if (groups.empty()) return {};
  auto text = fmt::format("Page faults in {} will pass TASK_KILLABLE.", named(groups, "places"));
  if (const auto others = asked_for(change.step); !others.empty())
    text += fmt::format(" {} {} for callers to come: no page fault of this series needs {}.",
                        named(others, "functions"), others.size() == 1 ? "is" : "are",
                        others.size() == 1 ? "it" : "them");
  return text;
}

std::string functions(const Threads& threads) {
  std::vector<std::string> names;
  for (const auto& field : threads.fields) names.push_back(field.in + "." + field.field);
  if (names.empty())
    for (const auto& form : threads.forms)
      if (form.changes_head() && form.keeps_callers) names.push_back(call(form.function));
  return list_in_words(names);
}

// Where no function has a name for it.
std::string contexts(const Threads& threads) {
  std::vector<std::string> names;
  if (functions(threads).empty())
    for (const auto& context : threads.contexts) names.push_back("struct " + context.in);
  return list_in_words(names);
}

}  // namespace

const std::vector<std::string>& thread_sentence_names() {
  static const std::vector<std::string> kNames = {"prefix", "functions", "contexts",
                                                  "n",      "problem",   "forms",
                                                  "behind", "users",     "semantic_patches"};
  return kNames;
}

TemplateValues thread_sentences(const Change& change, const std::string& prefix) {
  std::vector<std::string> paths;
  paths.reserve(change.semantic_patches.size());
  for (const std::string& patch : change.semantic_patches)
    paths.push_back("semantic-patches/" + patch);
  const auto& threads = change.step.threads;
  return {{"prefix", prefix},
          {"functions", functions(threads)},
          {"contexts", contexts(threads)},
          {"n", ""},
          {"problem", problem(change.step)},
          {"forms", forms(threads)},
          {"behind", behind(threads)},
          {"users", users_of_threads(change)},
          {"semantic_patches", list_in_words(paths)}};
}

}  // namespace killify
