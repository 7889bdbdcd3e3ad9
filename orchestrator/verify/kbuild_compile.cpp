// What Kbuild recorded, done again without make. make needs seconds to find out what to do about
// one object; where nothing that decides it has changed, the answer is the command of the last
// time.
#include "support/digest.h"
#include "support/files.h"
#include "support/text.h"
#include "verify/diagnostics.h"
#include "verify/kbuild.h"
#include "verify/object_code.h"

#include <algorithm>
#include <fstream>
#include <regex>

namespace killify {
namespace {

namespace fs = std::filesystem;

// std::regex goes one call deeper with each character; no message needs more than this.

// What a checker calls an error does not keep the object from being built.
std::string errors_as_warnings(const std::string& err) {
  static const std::regex kError(R"(^([^\s:]+:\d+:(?:\d+:)? )(error: .*)$)");
  std::string text;
  for (const std::string& line : split_lines(err))
    text += std::regex_replace(line.substr(0, kLineLength), kError, "$1warning: $2") + '\n';
  return text;
}

bool is_section_mismatch(const Warning& warning) {
  return warning.text.find("ection mismatch") != std::string::npos;
}

fs::path command_file(const fs::path& object) {
  return object.parent_path() / ("." + object.filename().string() + ".cmd");
}

}  // namespace

std::string Kbuild::path_in_tree(const std::string& name) const {
  const fs::path path = (directory() / name).lexically_normal();
  const fs::path below = path.lexically_relative(options_.source);
  return !below.empty() && *below.begin() != ".." ? below.string() : path.string();
}

std::set<std::string> Kbuild::inputs_in(const fs::path& file) const {
  std::set<std::string> inputs;
  if (const auto text = read_file(file))
    for (const std::string& name : named_files(*text)) inputs.insert(path_in_tree(name));
  return inputs;
}

void Kbuild::keep_command(const std::string& object) {
  const fs::path file = command_file(file_of(object));
  const auto text = read_file(file);
  if (!text) return;
  if (auto command = read_recorded_command(*text))
    records_[object] = {std::move(*command), inputs_in(file)};
}

std::string Kbuild::path_of_source(const std::string& object) const {
  const auto record = records_.find(object);
  if (record == records_.end()) return fs::path(object).replace_extension(".c").string();
  return without_roots(record->second.command.source, roots());
}

Result<Outcome> Kbuild::compile(const std::string& object, const fs::path& log) {
  Outcome outcome;
  Record& record = records_.at(object);
  std::error_code error;
  fs::remove(file_of(object), error);
  std::ofstream(log, std::ios::app) << "killify: by the command that make used: " << object << '\n'
                                    << std::flush;
  for (const auto& step : record.command.steps) {
    Command command = command_in(directory(), step);
    // "./tools/objtool/objtool" is looked for where the command runs, not where killify does.
    std::string& program = command.argv.front();
    if (program.find('/') != program.npos) program = (directory() / program).string();
    command.log = log;
    KILLIFY_TRY(const Completed done, run(command));
    const Warnings said = read_warnings(done.err, roots(), path_of_source(object));
    for (const auto& [owner, warnings] : said)
      outcome.warnings.insert(outcome.warnings.end(), warnings.begin(), warnings.end());
    if (done.ok()) continue;
    if (done.timed_out || done.signal != 0) {
      outcome.reason = step.front() + ": " + done.how_it_ended();
      return outcome;
    }
    MakeErrors errors = read_make_errors(done.err, roots());
    if (!errors.environment.empty()) {
      outcome.reason = step.front() + ": " + errors.environment;
    } else if (errors.by_target.empty()) {
      outcome.reason = step.front() + ": " + done.how_it_ended() + ", without a message about it";
    } else {
      outcome.status = Outcome::Status::kFailed;
      outcome.error = std::move(errors.by_target.begin()->second);
    }
    return outcome;
  }
  if (!fs::exists(file_of(object), error)) {
    outcome.reason = "the compiler ended well, but did not write the object";
    return outcome;
  }
  outcome.status = Outcome::Status::kBuilt;
  auto inputs = inputs_in(directory() / record.command.dependencies);
  if (!inputs.empty()) record.inputs = std::move(inputs);
  return outcome;
}

Result<std::optional<Preprocessed>> Kbuild::preprocess(const std::string& object) const {
  const auto record = records_.find(object);
  if (record == records_.end()) return std::nullopt;
  KILLIFY_TRY(const Completed done,
              run(command_in(directory(), preprocess_command(record->second.command))));
  if (!done.ok()) return std::nullopt;
  return Preprocessed(done.out, options_.source, directory());
}

Result<Findings> Kbuild::check(const std::string& object, const fs::path& log) const {
  Findings found;
  const auto record = records_.find(object);
  if (record == records_.end()) return found;
  const std::string& source = record->second.command.source;
  std::vector<std::vector<std::string>> checkers;
  std::error_code error;
  const fs::path documents = options_.source / "scripts/kernel-doc";
  if (fs::exists(documents, error) && source.ends_with(".c"))
    checkers.push_back({documents.string(), "-none", source});
  // A Makefile that names no flags for it does not know sparse.
  if (!checkflags_.empty() && !find_program("sparse").empty() && source.ends_with(".c")) {
    checkers.push_back({"sparse"});
    auto& words = checkers.back();
    words.insert(words.end(), checkflags_.begin(), checkflags_.end());
    for (std::string& option : options_of(record->second.command))
      words.push_back(std::move(option));
    words.push_back(source);
  }
  // A host's program of the prepared build directory. What it wants of a whole module (a licence,
  // symbols of others) is not asked of one object.
  const fs::path modpost = build_dir() / "scripts/mod/modpost";
  if (fs::exists(modpost, error))
    checkers.push_back(
        {modpost.string(), "-w", inside_ ? file_of(object).string() : goal_of(object)});
  for (auto& checker : checkers) {
    Command command = command_in(directory(), std::move(checker));
    command.log = log;
    KILLIFY_TRY(const Completed done, run(command));
    // One that did not read all of it has said what it did by chance.
    const bool gave_up = done.err.find(": error: too many errors") != std::string::npos;
    if (gave_up || done.timed_out || done.signal != 0) {
      found.failure = fmt::format("{}: {}", fs::path(command.argv.front()).filename().string(),
                                  gave_up ? "too many errors" : done.how_it_ended());
      continue;
    }
    for (const auto& [owner, warnings] :
         read_warnings(errors_as_warnings(done.err), roots(), path_of_source(object)))
      for (const Warning& warning : warnings)
        if (command.argv.front() != modpost || is_section_mismatch(warning))
          found.warnings.push_back(warning);
  }
  return found;
}

Result<std::string> Kbuild::objdump(const fs::path& object, std::vector<std::string> more) const {
  Command command = command_in(
      build_dir(), {configuration_.llvm ? "llvm-objdump" : configuration_.cross + "objdump", "-d",
                    "-r", "--no-show-raw-insn"});
  std::ranges::move(more, std::back_inserter(command.argv));
  command.argv.push_back(object.string());
  KILLIFY_TRY(Completed done, run(command));
  return done.ok() ? std::move(done.out) : std::string();
}

Result<std::string> Kbuild::disassemble(const fs::path& object) const {
  return objdump(object, {});
}

Result<std::string> Kbuild::code_digest(const std::string& object) const {
  KILLIFY_TRY(const std::string code,
              objdump(options_.module.empty() ? fs::path(object) : file_of(object),
                      {configuration_.llvm ? "--no-leading-addr" : "--no-addresses"}));
  return code.empty() ? code : sha256(comparable_code(code));
}

bool Kbuild::compiled_from(const std::string& object, const std::string& file) const {
  const auto record = records_.find(object);
  const auto inputs =
      record != records_.end() ? record->second.inputs : inputs_in(command_file(file_of(object)));
  return inputs.contains(file);
}

std::vector<std::string> Kbuild::objects_that_read(const std::set<std::string>& files) const {
  std::vector<std::string> objects;
  for (const auto& [object, record] : records_)
    if (std::ranges::any_of(
            files, [&known = record](const auto& file) { return known.inputs.contains(file); }))
      objects.push_back(object);
  return objects;
}

}  // namespace killify
