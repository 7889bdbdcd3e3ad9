#include "series/thread_sentences.h"

#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace killify {
namespace {

constexpr std::size_t kChainLines = 5;

// At most so many of them by name, the others counted.
std::string named(std::vector<std::string> names, std::string_view what, std::size_t most) {
  if (names.size() > most) {
    const auto kept = std::max<std::size_t>(1, most - 1);
    const auto others = names.size() - kept;
    names.resize(kept);
    names.push_back(fmt::format("{} other {}", others, what));
  }
  return list_in_words(names);
}

// What the step is told by; no other step of a series has the same. Of functions the first that
// others go on to call by its name.
const StateForm* lead_form(const Threads& threads) {
  const auto leads = [](const StateForm& form) {
    return form.changes_head() && form.keeps_callers;
  };
  const auto kept = std::ranges::find_if(threads.forms, leads);
  if (kept != threads.forms.end()) return &*kept;
  const auto any = std::ranges::find_if(threads.forms, &StateForm::changes_head);
  return any == threads.forms.end() ? nullptr : &*any;
}

std::string lead(const Threads& threads) {
  for (const auto& field : threads.fields) return fmt::format("{}.{}()", field.in, field.field);
  if (const StateForm* form = lead_form(threads)) return call(form->function);
  return threads.contexts.empty() ? std::string() : "struct " + threads.contexts.front().in;
}

// The same by its new name.
std::string new_lead(const Threads& threads) {
  const StateForm* form = threads.fields.empty() ? lead_form(threads) : nullptr;
  return form != nullptr ? call(form->renamed) : lead(threads);
}

bool leads_through(const Finding& finding, const std::string& function) {
  return call(finding.sink.name) == function ||
         std::ranges::any_of(finding.chain,
                             [&](const Hop& hop) { return call(hop.function) == function; });
}

// The shortest way of a fault that needs the step: through what it is told by where one is.
const Finding* example(const Step& step) {
  const std::string who = lead(step.threads);
  const Finding* best = nullptr;
  for (const Finding& finding : step.findings) {
    if (is_asked_for(finding) || finding.chain.empty()) continue;
    const bool through = leads_through(finding, who);
    const bool best_through = best != nullptr && leads_through(*best, who);
    if (best == nullptr || through > best_through ||
        (through == best_through && finding.chain.size() < best->chain.size()))
      best = &finding;
  }
  return best;
}

// "a() calls b() calls ..." one below the other; of a long one the ends and `who`.
std::string chain(const Finding& finding, const std::string& who) {
  std::vector<std::string> names;
  for (const Hop& hop : finding.chain) names.push_back(call(hop.function));
  names.push_back(call(finding.sink.name));
  if (names.size() > kChainLines) {
    const auto at = std::ranges::find(names, who) - names.begin();
    const auto end = static_cast<std::ptrdiff_t>(names.size());
    const std::ptrdiff_t kept = at <= 1 || at >= end - 2 ? end - 3 : at;  // between two gaps
    std::vector<std::string> shorter{names.front(), "..."};
    if (kept == end - 3)
      shorter.insert(shorter.end(), names.end() - 3, names.end());
    else
      shorter.insert(shorter.end(), {names[static_cast<std::size_t>(kept)], "...", names.back()});
    names = std::move(shorter);
  }
  std::string text;
  for (const std::string& name : names) text += "  " + name + '\n';
  return text;
}

// Why a flag, or nothing, is not enough to say how to sleep.
std::string shortcoming(const Threads& threads) {
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
  if (decides.empty()) return fmt::format("{} always sleeps interruptibly.", lead(threads));
  return fmt::format(
      "{} tells TASK_INTERRUPTIBLE from TASK_UNINTERRUPTIBLE, and has no value for TASK_KILLABLE.",
      decides);
}

std::string problem(const Step& step) {
  const auto& threads = step.threads;
  const Finding* finding = example(step);
  if (is_asked_for_alone(step) || finding == nullptr)
    return fmt::format(
        "A caller of {} that must let only fatal signals interrupt its sleep cannot "
        "say so. {}",
        lead(threads), shortcoming(threads));
  const std::string who = lead(threads);
  const std::string way =
      leads_through(*finding, who)
          ? fmt::format("A page fault may sleep in {}, as others do:", who)
          : fmt::format("{} is behind a sleep that page faults share with others:", who);
  return fmt::format(
      "{}\n\n{}\nOnly a fatal signal may interrupt {} there: any other stays pending while a fault "
      "from kernel mode is retried. {}",
      way, chain(*finding, who), who, shortcoming(threads));
}

std::string forms(const Threads& threads, std::size_t most) {
  std::vector<std::string> kept;
  std::vector<std::string> changed;
  std::vector<std::string> exported;
  std::vector<std::string> inlined;
  std::vector<std::string> dropped;
  for (const auto& form : threads.forms) {
    if (!form.changes_head()) continue;
    if (form.exported) exported.push_back(call(form.function));
    if (form.drops_export) dropped.push_back(call(form.function));
    if (form.keeps_callers) {
      kept.push_back(call(form.renamed));
      if (!form.exported) inlined.push_back(call(form.function));
    } else if (form.files.size() == 1 && form.renamed != form.function)
      changed.push_back(call(form.renamed));
  }
  std::vector<std::string> sentences;
  if (!kept.empty())
    sentences.push_back(
        fmt::format("Add {}, which {} a task state{}.", named(kept, "functions", most),
                    kept.size() == 1 ? "takes" : "take", threads.fields.empty() ? " instead" : ""));
  if (!exported.empty())
    sentences.push_back(fmt::format(
        "{} {} exported and as {}, for those who call {}.", named(exported, "functions", most),
        exported.size() == 1 ? "stays" : "stay", exported.size() == 1 ? "it is" : "they are",
        exported.size() == 1 ? "it" : "them"));
  if (!inlined.empty())
    sentences.push_back(fmt::format(
        "{} {} for those who call {}.", named(inlined, "functions", most),
        inlined.size() == 1 ? "stays as an inline function" : "stay as inline functions",
        inlined.size() == 1 ? "it" : "them"));
  if (!dropped.empty())
    sentences.push_back(fmt::format(
        "The export of {} goes: the series file says that no module outside of the tree uses {}.",
        named(dropped, "functions", most), dropped.size() == 1 ? "it" : "them"));
  if (!changed.empty())
    sentences.push_back(fmt::format("{} {} all callers in its file.",
                                    named(changed, "functions", most),
                                    changed.size() == 1 ? "replaces the old function for"
                                                        : "replace the old functions, each for"));
  return join(sentences, " ");
}

std::string behind(const Threads& threads) {
  std::vector<std::string> sentences;
  for (const auto& field : threads.fields)
    sentences.push_back(fmt::format(
        "{}.{}() is handed a task state. Its {} {} along, so that none takes a state for a flag.",
        field.in, field.field, counted(field.implementers.size(), "implementation"),
        field.implementers.size() == 1 ? "changes" : "change"));
  for (const auto& context : threads.contexts)
    sentences.push_back(fmt::format("struct {} keeps a task state in the place of its flag '{}'.",
                                    context.in, context.flag));
  return join(sentences, " ");
}

// What undoes in these functions, and why not in the state that they are given.
std::string undone(const Threads& threads) {
  std::vector<std::string> sentences;
  for (const auto& [function, form] : threads.undone)
    sentences.push_back(fmt::format(
        "Where {} undoes what failed, nobody looks at what {} returns: it passes "
        "TASK_UNINTERRUPTIBLE there, whoever calls it, so that no signal cuts that short.",
        call(function), call(form)));
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

std::string users_of_threads(const Change& change, std::size_t most) {
  const std::string who = new_lead(change.step.threads);
  if (is_asked_for_alone(change.step))
    return fmt::format("{} is for callers to come: no page fault of this series needs it.", who);
  std::vector<std::string> groups;
  const std::string convert = kind_name(StepKind::kConvert) + std::string(" ");
  for (const std::string& name : change.step.enables)
    if (name.starts_with(convert)) groups.push_back(name.substr(convert.size()));
  if (groups.empty()) return {};
  auto text = fmt::format(
      "Page faults in {} will {} TASK_KILLABLE {} {}.", named(groups, "places", most),
      who.starts_with("struct ") ? "put" : "pass", who.starts_with("struct ") ? "into" : "to", who);
  if (const auto others = asked_for(change.step); !others.empty())
    text += fmt::format(" {} {} for callers to come: no page fault of this series needs {}.",
                        named(others, "functions", most), others.size() == 1 ? "is" : "are",
                        others.size() == 1 ? "it" : "them");
  return text;
}

// What a subject names: function pointers, else structs, else functions.
std::vector<std::string> subject_names(const Threads& threads) {
  std::vector<std::string> names;
  for (const auto& field : threads.fields)
    names.push_back(fmt::format("{}.{}()", field.in, field.field));
  if (names.empty() && threads.contexts.empty())
    for (const auto& form : threads.forms)
      if (form.changes_head() && form.keeps_callers) names.push_back(call(form.function));
  return names;
}

std::string contexts(const Threads& threads) {
  std::vector<std::string> names;
  if (threads.fields.empty())
    for (const auto& context : threads.contexts) names.push_back("struct " + context.in);
  return list_in_words(names);
}

// "a() and 5 more": for a subject that has no room for all. The first is `shown`.
std::string some_functions(const Threads& threads, bool shortest) {
  const std::vector<std::string> names = subject_names(threads);
  if (names.size() < 2) return {};
  const std::string shown =
      shortest ? *std::ranges::min_element(names, {}, &std::string::size) : names.front();
  return fmt::format("{} and {} more", shown, names.size() - 1);
}

}  // namespace

const std::vector<std::string>& thread_sentence_names() {
  static const std::vector<std::string> kNames = {
      "prefix", "functions",        "some_functions", "few_functions", "contexts",
      "n",      "problem",          "forms",          "behind",        "users",
      "lead",   "semantic_patches", "undone",         "unchanged"};
  return kNames;
}

TemplateValues thread_sentences(const Change& change, const std::string& prefix, std::size_t most) {
  const auto& threads = change.step.threads;
  return {{"prefix", prefix},
          {"functions", list_in_words(subject_names(threads))},
          {"some_functions", some_functions(threads, false)},
          {"few_functions", some_functions(threads, true)},
          {"lead", new_lead(threads)},
          {"contexts", contexts(threads)},
          {"n", ""},
          {"problem", problem(change.step)},
          {"forms", forms(threads, most)},
          {"behind", behind(threads)},
          {"users", users_of_threads(change, most)},
          {"undone", undone(threads)},
          {"unchanged", threads.undone.empty() ? "No functional change" : "Nothing else changes"},
          {"semantic_patches", semantic_patches_in_words(change.semantic_patches)}};
}

}  // namespace killify
