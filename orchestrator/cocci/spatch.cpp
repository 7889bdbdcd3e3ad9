#include "cocci/spatch.h"

#include "support/digest.h"
#include "support/files.h"
#include "support/process.h"
#include "support/text.h"

#include <algorithm>
#include <charconv>

namespace killify {
namespace {

namespace fs = std::filesystem;

// The number behind `prefix` in `line`, or -1.
int number_after(std::string_view line, std::string_view prefix) {
  auto at = line.find(prefix);
  if (at == std::string_view::npos) return -1;
  line.remove_prefix(at + prefix.size());
  int value = -1;
  std::from_chars(line.data(), line.data() + line.size(), value);
  return value;
}

// The last line of spatch's stderr that is not one of its standing warnings.
std::string complaint(const std::string& diagnostics) {
  std::string last;
  for (const auto& line : split_lines(diagnostics)) {
    auto text = trim(line);
    if (!text.empty() && !text.starts_with("Warning: PARSING:") && !text.starts_with("HANDLING:") &&
        !text.starts_with("init_defs_builtins:"))
      last = text;
  }
  return last.empty() ? "it gave no reason" : last;
}

}  // namespace

Result<SemanticPatch> load_semantic_patch(const fs::path& directory, const std::string& name) {
  SemanticPatch patch{.file = directory / name, .name = name, .sha256 = {}, .summary = {}};
  KILLIFY_TRY(auto text, read_file(patch.file));
  patch.sha256 = sha256(text);
  for (const auto& line : split_lines(text)) {
    if (!line.starts_with("///")) continue;
    if (!patch.summary.empty()) patch.summary += ' ';
    patch.summary += trim(std::string_view(line).substr(3));
  }
  return patch;
}

Result<Spatch> Spatch::find(const fs::path& scratch) {
  Spatch spatch;
  spatch.program_ = find_program("spatch");
  if (spatch.program_.empty())
    return fail("spatch: not found in PATH; install it with: apt-get install coccinelle");
  spatch.scratch_ = scratch;
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

Result<SpatchAnswer> Spatch::run(const SemanticPatch& patch,
                                 const std::vector<std::string>& defines,
                                 const SourceText& source) const {
  KILLIFY_TRY(auto dir, TempDir::make(scratch_));
  auto file = dir.path() / fs::path(source.path).filename();
  KILLIFY_CHECK(write_file_atomic(file, source.text));

  // Without --very-quiet: that would silence the parse errors, too.
  Command command{.argv = {program_.string(), "--verbose-parsing", "--no-show-diff",
                           "--no-includes", "--in-place", "--sp-file", patch.file.string()},
                  .cwd = dir.path(),
                  .deadline = deadline_,
                  .unlimited_stack = true};
  for (const auto& define : defines) {
    command.argv.emplace_back("-D");
    command.argv.push_back(define);
  }
  command.argv.push_back(file.string());
  KILLIFY_TRY(auto done, killify::run(command));

  SpatchAnswer answer;
  if (done.timed_out) {
    answer.end = SpatchEnd::kTimedOut;
    answer.why =
        fmt::format("{}: spatch with {}: {}", source.path, patch.name, done.how_it_ended());
    return answer;
  }
  if (!done.ok()) {
    answer.end = SpatchEnd::kFailed;
    answer.why = fmt::format("{}: spatch with {}: {}: {}", source.path, patch.name,
                             done.how_it_ended(), complaint(done.err));
    return answer;
  }
  KILLIFY_TRY(answer.text, read_file(file));
  answer.lost = lost_lines(done.err, static_cast<int>(split_lines(source.text).size()));
  for (const auto& line : split_lines(done.out)) {
    if (!line.starts_with('{')) continue;
    auto fact = nlohmann::json::parse(line, nullptr, false);
    if (fact.is_discarded()) {
      answer.end = SpatchEnd::kFailed;
      answer.why = fmt::format("{}: spatch with {}: not JSON: {}", source.path, patch.name, line);
      return answer;
    }
    answer.facts.push_back(std::move(fact));
  }
  // spatch prints in the order of its hash tables; two rules may also say the same thing.
  std::sort(answer.facts.begin(), answer.facts.end());
  answer.facts.erase(std::unique(answer.facts.begin(), answer.facts.end()), answer.facts.end());
  return answer;
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
