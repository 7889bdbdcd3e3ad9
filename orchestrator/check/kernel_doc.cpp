#include "check/kernel_doc.h"

#include "support/files.h"
#include "support/process.h"
#include "support/text.h"

#include <fmt/format.h>

#include <regex>
#include <system_error>

namespace killify {
namespace {

constexpr const char* kScript = "scripts/kernel-doc";

// What the first line of a script says runs it: "perl", "python3"; "" where it says nothing.
std::string interpreter_of(const std::string& script) {
  const std::string first = script.substr(0, script.find('\n'));
  for (const char* name : {"perl", "python3"})
    if (first.starts_with("#!") && first.find(name) != std::string::npos) return name;
  return {};
}

}  // namespace

std::vector<std::string> kernel_doc_paths() {
  // Where its modules are differs between releases.
  return {kScript, "scripts/kernel-doc.*", "scripts/lib/", "tools/lib/python/", "tools/docs/"};
}

Result<KernelDoc> run_kernel_doc(const std::filesystem::path& tree,
                                 const std::vector<std::string>& files) {
  KernelDoc result;
  std::error_code error;
  if (!std::filesystem::exists(tree / kScript, error)) {
    result.not_run = fmt::format("the tree has no {}", kScript);
    return result;
  }
  KILLIFY_TRY(const std::string script, read_file(tree / kScript));
  const std::string interpreter = interpreter_of(script);
  if (interpreter.empty() || find_program(interpreter).empty()) {
    result.not_run = fmt::format("{} needs {}", kScript,
                                 interpreter.empty() ? "a program that it does not name"
                                                     : interpreter + ", which is not installed");
    return result;
  }
  Command command{.argv = {interpreter, kScript, "-none"}, .cwd = tree};
  command.env = {{"PYTHONDONTWRITEBYTECODE", "1"}};
  command.deadline = std::chrono::minutes(10);
  std::size_t wanted = 0;
  for (const std::string& file : files) {
    if (!std::filesystem::exists(tree / file, error)) continue;
    command.argv.push_back(file);
    ++wanted;
  }
  if (wanted == 0) return result;
  KILLIFY_TRY(const Completed done, run(command));
  // "Warning: FILE:LINE This comment ...", "FILE:LINE: warning: ...".
  static const std::regex kComplaint(R"(^(?:(?:Warning|Error): )?([^\s:]+):\d+:? (.*)$)");
  for (const std::string& line : split_lines(done.err + done.out))
    if (std::smatch match; std::regex_match(line, match, kComplaint))
      ++result.complaints[match[1]][match[2]];
  // It ends with the number of errors that it told of.
  if (done.timed_out || done.signal != 0 || (!done.ok() && result.complaints.empty()))
    result.not_run =
        fmt::format("{}: {}: {}", kScript, done.how_it_ended(),
                    done.err.empty() ? "" : split_lines(std::string(trim(done.err))).back());
  return result;
}

std::vector<NewComplaint> new_complaints(const KernelDoc& before, const KernelDoc& after) {
  std::vector<NewComplaint> result;
  for (const auto& [file, texts] : after.complaints)
    for (const auto& [text, count] : texts) {
      std::size_t known = 0;
      if (const auto it = before.complaints.find(file); it != before.complaints.end())
        if (const auto same = it->second.find(text); same != it->second.end()) known = same->second;
      if (count > known) result.push_back({file, text});
    }
  return result;
}

}  // namespace killify
