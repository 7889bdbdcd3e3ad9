#include "cocci/spatch.h"

#include "cocci/complaint.h"
#include "cocci/frame.h"
#include "support/digest.h"
#include "support/encoding.h"
#include "support/files.h"
#include "support/shell_safe.h"
#include "support/temp_dir.h"
#include "support/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace killify {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHandling = "HANDLING: ";  // and a path; what follows is about it
constexpr std::string_view kSkipping = "Skipping: ";  // and a path: no rule can match there
constexpr std::string_view kFailedHere = "EXN: ";     // a rule failed; spatch goes on with the next

// The number behind `prefix` in `line`, or -1.
int number_after(std::string_view line, std::string_view prefix) {
  auto at = line.find(prefix);
  if (at == std::string_view::npos) return -1;
  line.remove_prefix(at + prefix.size());
  int value = -1;
  std::from_chars(line.data(), line.data() + line.size(), value);
  return value;
}

std::string complaint(const std::string& diagnostics) {
  std::string last = last_complaint(diagnostics);
  return last.empty() ? "it gave no reason" : last;
}

// The facts on stdout, by the "file" that they name ("" where they name none).
using FactsByFile = std::map<std::string, std::vector<nlohmann::json>>;

// The error says what is wrong with them.
tl::expected<FactsByFile, std::string> facts_by_file(const AnswerFrame& frame,
                                                     const std::string& printed) {
  auto lines = frame.facts_in(printed);
  if (!lines) return tl::unexpected<std::string>("it ended well, but its answer is not whole");
  FactsByFile found;
  for (auto& line : *lines) {
    auto fact = nlohmann::json::parse(line, nullptr, false);
    if (fact.is_discarded()) return tl::unexpected<std::string>("not JSON: " + line);
    std::string file;
    if (auto it = fact.find("file"); it != fact.end() && it->is_string()) {
      file = it->get<std::string>();
      fact.erase(it);
    }
    found[file].push_back(std::move(fact));
  }
  return found;
}

// spatch prints in the order of its hash tables; two rules may also say the same thing.
JsonFacts in_order(std::vector<nlohmann::json> facts) {
  std::sort(facts.begin(), facts.end());
  facts.erase(std::unique(facts.begin(), facts.end()), facts.end());
  return JsonFacts(std::move(facts));
}

// Adds what the prolog of a semantic patch includes. spatch looks for it where it runs.
Status add_includes(const fs::path& directory, const std::string& text,
                    std::map<std::string, std::string>& includes) {
  constexpr std::string_view kInclude = "#include \"";
  for (const auto& line : split_lines(text)) {
    if (line.starts_with('@')) break;  // the first rule
    if (!line.starts_with(kInclude)) continue;
    auto name = line.substr(kInclude.size(), line.rfind('"') - kInclude.size());
    if (includes.contains(name)) continue;
    KILLIFY_TRY(auto included, read_file(directory / name));
    includes[name] = sha256(included);
    KILLIFY_CHECK(add_includes(directory, included, includes));
  }
  return {};
}

// spatch hands the names of files to a shell: they are ours, whatever the tree calls its files.
std::string name_for(std::size_t nth, const SourceText& source) {
  return fmt::format("{}{}", nth, source.path.ends_with(".h") ? ".h" : ".c");
}

// A text that is not in UTF-8 goes there as if it were Latin-1, and comes back as it was: Python
// takes what a rule is handed for UTF-8.
Status give(const fs::path& file, const SourceText& source) {
  return write_file_atomic(file, is_utf8(source.text) ? source.text : latin1_to_utf8(source.text));
}

Result<std::string> take(const fs::path& file, const SourceText& source) {
  KILLIFY_TRY(auto text, read_file(file));
  return is_utf8(source.text) ? std::move(text) : utf8_to_latin1(text);
}

int line_count(const SourceText& source) {
  return static_cast<int>(split_lines(source.text).size());
}

}  // namespace

Result<SemanticPatch> load_semantic_patch(const fs::path& directory, const std::string& name) {
  SemanticPatch patch{
      .directory = directory, .name = name, .sha256 = {}, .summary = {}, .includes = {}};
  KILLIFY_TRY(auto text, read_file(directory / name));
  patch.sha256 = sha256(text);
  for (const auto& line : split_lines(text)) {
    if (!line.starts_with("///")) continue;
    if (!patch.summary.empty()) patch.summary += ' ';
    patch.summary += trim(std::string_view(line).substr(3));
  }
  KILLIFY_CHECK(add_includes(directory, text, patch.includes));
  return patch;
}

std::vector<std::string> python_options(const fs::path& spatch) {
  auto python = spatch.parent_path() / "python3";
  std::error_code error;
  if (!fs::exists(python, error)) return {};
  return {"--python", python.string()};
}

Result<Spatch> Spatch::find(const fs::path& scratch) {
  Spatch spatch;
  spatch.program_ = find_program("spatch");
  if (spatch.program_.empty())
    return fail("spatch: not found in PATH; install it with: apt-get install coccinelle");
  spatch.scratch_ = fs::absolute(scratch);  // it runs elsewhere
  if (!is_shell_safe(spatch.scratch_.native())) spatch.scratch_ = fs::temp_directory_path();
  if (!is_shell_safe(spatch.scratch_.native()))
    return fail("{}: spatch hands names to a shell, and this one is no plain name; set TMPDIR",
                spatch.scratch_.string());
  KILLIFY_TRY(auto done, killify::run({.argv = {spatch.program_.string(), "--version"}}));
  // "spatch version 1.1.1 compiled with OCaml version 4.13.1"
  constexpr std::string_view kBefore = "spatch version ";
  auto first = done.out.substr(0, done.out.find('\n'));
  if (!done.ok() || !first.starts_with(kBefore))
    return fail("spatch: '{} --version' {}; reinstall coccinelle", spatch.program_.string(),
                done.how_it_ended());
  spatch.version_ = first.substr(kBefore.size(), first.find(' ', kBefore.size()) - kBefore.size());
  return spatch;
}

Result<Command> Spatch::command_for(const SemanticPatch& patch, const AnswerFrame& frame,
                                    const std::vector<std::string>& defines,
                                    const fs::path& directory) const {
  const auto framed = directory / "framed.cocci";
  KILLIFY_CHECK(write_file_atomic(framed, frame.around(patch.name)));
  // Without --very-quiet: that would silence the parse errors, too.
  Command command{.argv = {program_.string(), "--verbose-parsing", "--no-show-diff",
                           "--no-includes", "--in-place", "--sp-file", framed.string()},
                  .cwd = patch.directory,
                  // As bytes for all of ours; UTF-8 is for a rule that opens a file in its own way.
                  .env = {{"LC_ALL", "C.UTF-8"}, {"TMPDIR", directory.string()}},
                  .deadline = deadline_,
                  .unlimited_stack = true};
  auto python = python_options(program_);
  command.argv.insert(command.argv.end(), python.begin(), python.end());
  for (const auto& define : defines) {
    command.argv.emplace_back("-D");
    command.argv.push_back(define);
  }
  return command;
}

Status Spatch::give_macros(const std::set<std::string>& macros, const fs::path& directory,
                           Command& command) {
  if (macros.empty()) return {};
  std::string text;
  for (const auto& line : macros) text += line + '\n';
  auto file = directory / "macros";
  command.argv.insert(command.argv.end(), {"--macro-file", file.string()});
  return write_file_atomic(file, text);
}

Result<SpatchAnswer> Spatch::run(const SemanticPatch& patch,
                                 const std::vector<std::string>& defines,
                                 const SourceText& source) const {
  KILLIFY_TRY(auto dir, TempDir::make(scratch_));
  auto file = dir.path() / name_for(0, source);
  KILLIFY_CHECK(give(file, source));
  const auto frame = AnswerFrame::make();
  KILLIFY_TRY(auto command, command_for(patch, frame, defines, dir.path()));
  KILLIFY_CHECK(give_macros(source.macros, dir.path(), command));
  command.argv.push_back(file.string());
  KILLIFY_TRY(auto done, killify::run(command));

  SpatchAnswer answer;
  auto blame = [&](const std::string& what) {
    return fmt::format("{}: spatch with {}: {}", source.path, patch.name, what);
  };
  if (done.timed_out) {
    answer.end = SpatchEnd::kTimedOut;
    answer.why = blame(done.how_it_ended());
    return answer;
  }
  if (!done.ok()) {
    answer.end = SpatchEnd::kFailed;
    answer.why = blame(done.how_it_ended() + ": " + complaint(done.err));
    return answer;
  }
  if (done.err.find(kFailedHere) != std::string::npos) {
    answer.end = SpatchEnd::kFailed;
    answer.why = blame("one of its rules failed: " + complaint(done.err));
    return answer;
  }
  KILLIFY_TRY(answer.text, take(file, source));
  answer.lost = lost_lines(done.err, line_count(source));
  auto facts = facts_by_file(frame, done.out);
  if (!facts) {
    answer.end = SpatchEnd::kFailed;
    answer.why = blame(facts.error());
    return answer;
  }
  // Facts that do not say their file are welcome here: there is only one.
  std::vector<nlohmann::json> all;
  for (auto& [name, of_file] : *facts) all.insert(all.end(), of_file.begin(), of_file.end());
  answer.facts = in_order(std::move(all));
  return answer;
}

Result<std::vector<std::optional<SpatchAnswer>>> Spatch::run_together(
    const SemanticPatch& patch, const std::vector<std::string>& defines,
    const std::vector<const SourceText*>& sources) const {
  KILLIFY_TRY(auto dir, TempDir::make(scratch_));
  std::vector<fs::path> files;
  std::string groups;  // a blank line ends a group
  std::set<std::string> macros;
  for (const auto* source : sources) {
    files.push_back(dir.path() / name_for(files.size(), *source));
    KILLIFY_CHECK(give(files.back(), *source));
    groups += files.back().string() + "\n\n";
    macros.insert(source->macros.begin(), source->macros.end());
  }
  auto list = dir.path() / "groups";
  KILLIFY_CHECK(write_file_atomic(list, groups));
  const auto frame = AnswerFrame::make();
  KILLIFY_TRY(auto command, command_for(patch, frame, defines, dir.path()));
  KILLIFY_CHECK(give_macros(macros, dir.path(), command));
  command.argv.insert(command.argv.end(), {"--file-groups", list.string()});
  KILLIFY_TRY(auto done, killify::run(command));

  std::vector<std::optional<SpatchAnswer>> answers(sources.size());
  if (!done.ok()) return answers;
  auto facts = facts_by_file(frame, done.out);
  if (!facts || facts->contains("")) return answers;
  auto diagnostics = diagnostics_by_file(done.err);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    auto said = diagnostics.find(files[i].string());
    if (said == diagnostics.end() || said->second.find(kFailedHere) != std::string::npos) continue;
    SpatchAnswer answer;
    KILLIFY_TRY(answer.text, take(files[i], *sources[i]));
    answer.lost = lost_lines(said->second, line_count(*sources[i]));
    if (auto it = facts->find(files[i].string()); it != facts->end())
      answer.facts = in_order(std::move(it->second));
    answers[i] = std::move(answer);
  }
  return answers;
}

std::map<std::string, std::string> diagnostics_by_file(const std::string& printed) {
  std::map<std::string, std::string> found;
  std::string* current = nullptr;
  for (const auto& line : split_lines(printed)) {
    if (line.starts_with(kHandling))
      current = &found[line.substr(kHandling.size())];
    else if (line.starts_with(kSkipping))
      current = &found[line.substr(kSkipping.size())];
    else if (current != nullptr)
      *current += line + '\n';
  }
  return found;
}

std::vector<LineRange> lost_lines(const std::string& diagnostics, int lines) {
  // "ERROR-RECOV: found sync '}' at line 97" (the line belongs to what is lost), "... found sync
  // col 0 at line 7" (it does not), "... end of file while in recovery mode", then "badcount: 13":
  // that many lines before it were skipped.
  std::vector<LineRange> lost;
  int last = 0;
  for (const auto& line : split_lines(diagnostics)) {
    if (line.starts_with("ERROR-RECOV: found sync")) {
      int at = number_after(line, "at line ");
      last = line.find("found sync col") == std::string::npos ? at : at - 1;
    } else if (line.starts_with("ERROR-RECOV: end of file")) {
      last = lines;
    } else if (int count = number_after(line, "badcount: "); count >= 0 && last > 0) {
      lost.push_back({std::max(1, last - std::max(count, 1) + 1), last});
      last = 0;
    }
  }
  std::sort(lost.begin(), lost.end(),
            [](const LineRange& a, const LineRange& b) { return a.first < b.first; });
  return lost;
}

}  // namespace killify
