#include "plan/asked_threads.h"

#include "plan/state_form.h"
#include "reach/audit.h"
#include "reach/types.h"
#include "support/text.h"

#include <algorithm>
#include <string_view>

namespace killify {
namespace {

const std::string kReason = "the series file asks for it";

bool is_state_name(const std::string& name) {
  return name == "state" || name == "task_state";
}

class Asking {
 public:
  Asking(TreeFacts& facts, const SeriesSpec& spec, const std::vector<std::string>& paths)
      : facts_(facts),
        spec_(spec),
        paths_(paths),
        names_(facts, spec.commit.prefixes),
        types_(facts, names_) {}

  Result<AskedThreads> ask() {
    for (const auto& thread : spec_.threads)
      KILLIFY_CHECK(thread.kind == ThreadSpec::Kind::kFunction ? ask_function(thread)
                                                               : ask_context(thread));
    return std::move(asked_);
  }

 private:
  Status ask_function(const ThreadSpec& thread) {
    KILLIFY_TRY(const auto with_state, facts_.files_defining(state_name(thread.name)));
    if (!with_state.empty())
      return leave(thread, with_state.front(),
                   fmt::format("threaded already: there is {}()", state_name(thread.name)));
    KILLIFY_TRY(const auto files, facts_.files_defining(thread.name));
    if (files.size() != 1) return leave_undefined(thread, "function", files);
    const auto& file = files.front();
    if (!is_below(file, paths_)) return {};
    KILLIFY_TRY(const auto* facts,
                facts_.part_with(file, thread.name, "Reading what is asked for"));
    const auto* function = facts->function(thread.name);
    if (function == nullptr || !function->parsed)
      return leave(thread, file, fmt::format("review: spatch cannot parse {}()", thread.name));
    const auto& parameters = function->parameters;
    const auto parameter = std::ranges::find(parameters, thread.flag, &Parameter::name);
    if (parameter != parameters.end())
      return parameter->type == "bool"
                 ? take(thread, file)
                 : leave(thread, file, fmt::format("review: '{}' is no bool", thread.flag));
    std::vector<std::string> names;
    names.reserve(parameters.size());
    for (const auto& one : parameters) names.push_back(one.name);
    if (std::ranges::any_of(names, is_state_name))
      return leave(thread, file, fmt::format("threaded already: {}() takes a state", thread.name));
    return fail("{}: {}() of {} has no parameter '{}'{}; name one of: {}", thread.place,
                thread.name, file, thread.flag, did_you_mean(thread.flag, names),
                join(names, ", "));
  }

  Status ask_context(const ThreadSpec& thread) {
    KILLIFY_TRY(const auto files, facts_.files_defining_struct(thread.name));
    if (files.size() != 1) return leave_undefined(thread, "struct", files);
    const auto& file = files.front();
    if (!is_below(file, paths_)) return {};
    KILLIFY_TRY(const bool is_flag, types_.is_flag(thread.name, thread.flag, file));
    if (is_flag) return take(thread, file);
    KILLIFY_TRY(const auto fields, types_.field_order(thread.name, file));
    if (fields.empty() || std::ranges::find(fields, thread.flag) != fields.end())
      return leave(thread, file, fmt::format("review: '{}' is no bool", thread.flag));
    if (std::ranges::any_of(fields, is_state_name))
      return leave(thread, file,
                   fmt::format("threaded already: struct {} keeps a state", thread.name));
    return fail("{}: struct {} of {} has no field '{}'{}; name one of: {}", thread.place,
                thread.name, file, thread.flag, did_you_mean(thread.flag, fields),
                join(fields, ", "));
  }

  // The line of the definition; 1 where it is not plain.
  Result<int> line_of(const ThreadSpec& thread, const std::string& file) {
    KILLIFY_TRY(const auto* sketch, facts_.sketch(file));
    for (const auto& extent : sketch->functions())
      if (thread.kind == ThreadSpec::Kind::kFunction && extent.name == thread.name)
        return extent.first;
    for (const auto& name : sketch->structs())
      if (thread.kind == ThreadSpec::Kind::kContext && name == thread.name)
        return static_cast<int>(std::count(sketch->text().data(), name.data(), '\n')) + 1;
    return 1;
  }

  static Finding finding_of(const ThreadSpec& thread, const std::string& file, int line) {
    Finding finding;
    finding.id = thread.text();
    finding.sink = {
        .name = thread.text(), .function = {}, .file = file, .line = line, .object = {}};
    finding.condition = finding.on_signal = "unknown";
    finding.verdict = Verdict::kThread;
    finding.reason = kReason;
    return finding;
  }

  Status take(const ThreadSpec& thread, const std::string& file) {
    KILLIFY_TRY(const int line, line_of(thread, file));
    asked_.findings.push_back(finding_of(thread, file, line));
    return {};
  }

  Status leave(const ThreadSpec& thread, const std::string& file, std::string reason) {
    if (!is_below(file, paths_)) return {};
    KILLIFY_TRY(const int line, line_of(thread, file));
    asked_.left_out.push_back({finding_of(thread, file, line), std::move(reason)});
    return {};
  }

  // What is nowhere is looked for in the whole tree only, and then in the series file.
  Status leave_undefined(const ThreadSpec& thread, std::string_view what,
                         const std::vector<std::string>& files) {
    if (files.size() > 1)
      return leave(thread, files.front(),
                   fmt::format("review: {} files define a {} {}", files.size(), what, thread.name));
    if (paths_.empty())
      asked_.left_out.push_back(
          {finding_of(thread, spec_.file.filename().string(), thread.line),
           fmt::format("not in this tree: no file defines a {} {} for others; the tree is older or "
                       "newer, or the name is another",
                       what, thread.name)});
    return {};
  }

  TreeFacts& facts_;
  const SeriesSpec& spec_;
  const std::vector<std::string>& paths_;
  Names names_;
  Types types_;
  AskedThreads asked_;
};

}  // namespace

Result<AskedThreads> asked_threads(TreeFacts& facts, const SeriesSpec& spec,
                                   const std::vector<std::string>& paths) {
  return Asking(facts, spec, paths).ask();
}

const ThreadSpec& asked_thread(const SeriesSpec& spec, const Finding& finding) {
  return *std::ranges::find(spec.threads, finding.id, &ThreadSpec::text);
}

}  // namespace killify
