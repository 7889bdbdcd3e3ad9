// Each tests/semantic/<folder>/<patch>/<case>.c goes through the real spatch with
// semantic-patches/<folder>/<patch>.cocci and the -D options of its first line. Beside it stands
// what has to come out: a .res file with the text, or a .json file with a fact per line. Neither
// may depend on the locale, or on what bytes there are in a comment.
#include "cocci/spatch.h"
#include "series/layout.h"
#include "support/files.h"
#include "support/process.h"
#include "support/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace killify {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

const fs::path kRoot = KILLIFY_TEST_SOURCE_DIR;
const fs::path kPatches = kRoot / "semantic-patches";
const fs::path kIncluded = kPatches / "include";  // these are no patches of their own
const fs::path kCases = kRoot / "tests" / "semantic";

std::vector<fs::path> files_below(const fs::path& directory, const std::string& extension) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(directory))
    if (entry.path().extension() == extension) found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<fs::path> patches() {
  auto found = files_below(kPatches, ".cocci");
  std::erase_if(found, [](const fs::path& file) { return file.parent_path() == kIncluded; });
  return found;
}

// As a user runs it in semantic-patches/.
fs::path patch_of(const fs::path& test_case) {
  return fs::relative(test_case.parent_path(), kCases).concat(".cocci");
}

std::string text_of(const fs::path& file) {
  auto text = read_file(file);
  EXPECT_TRUE(text) << (text ? "" : text.error().message);
  return text.value_or("");
}

// The words of the first line, a comment: "// -D fn=foo -D mutex_lock_interruptible".
std::vector<std::string> options_of(const std::string& text) {
  std::istringstream words(text.substr(0, text.find('\n')));
  std::vector<std::string> options;
  std::string word;
  words >> word;
  EXPECT_EQ(word, "//");
  while (words >> word) options.push_back(word);
  return options;
}

// Kernel sources are bytes: here one of Latin-1, and a character of UTF-8.
constexpr const char* kBytes = "\n/* \xe9 \xc3\xa9 */\n";

// Runs the semantic patch on a file in place, or on those of a list: {"--file-groups", LIST}.
Completed apply(const fs::path& patch, const std::vector<std::string>& options,
                const std::vector<std::string>& files, const std::string& locale = "C.UTF-8") {
  Command command{.argv = {"spatch", "--very-quiet", "--no-includes", "--no-show-diff",
                           "--in-place", "--sp-file", patch.string()},
                  .cwd = kPatches,
                  .env = {{"LC_ALL", locale}},
                  .deadline = std::chrono::minutes(2)};
  static const auto kPython = python_options(find_program("spatch"));
  command.argv.insert(command.argv.end(), kPython.begin(), kPython.end());
  command.argv.insert(command.argv.end(), options.begin(), options.end());
  command.argv.insert(command.argv.end(), files.begin(), files.end());
  auto done = run(command);
  EXPECT_TRUE(done) << (done ? "" : done.error().message);
  if (!done) return {};
  EXPECT_TRUE(done->ok()) << shell_quoted(command.argv) << ": " << done->how_it_ended() << '\n'
                          << done->err;
  return *done;
}

// Without the "file" of each, which is a temporary one.
std::vector<nlohmann::json> facts_in(const std::string& text) {
  std::vector<nlohmann::json> facts;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    facts.push_back(nlohmann::json::parse(line));
    facts.back().erase("file");
  }
  std::sort(facts.begin(), facts.end());
  return facts;
}

std::string as_name(std::string path) {
  std::replace_if(
      path.begin(), path.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return path;
}

std::string test_name(const testing::TestParamInfo<fs::path>& info) {
  auto base = info.param.parent_path().parent_path().parent_path();
  return as_name(fs::relative(info.param, base).replace_extension().string());
}

class Case : public testing::TestWithParam<fs::path> {
 protected:
  void SetUp() override {
    auto made = TempDir::make();
    ASSERT_TRUE(made) << made.error().message;
    dir_ = std::make_unique<TempDir>(std::move(*made));
    file_ = dir_->path() / GetParam().filename();
    source_ = text_of(GetParam());
    options_ = options_of(source_);
  }

  // What becomes of a text, in the layout that killify gives it.
  std::string applied(const std::string& text, const std::string& locale) {
    EXPECT_TRUE(write_file_atomic(file_, text));
    last_ = apply(patch_of(GetParam()), options_, {file_.string()}, locale);
    return with_layout_of(text, text_of(file_));
  }

  std::unique_ptr<TempDir> dir_;
  fs::path file_;
  std::string source_;
  std::vector<std::string> options_;
  Completed last_;
};

using Conversion = Case;

TEST_P(Conversion, GivesTheResultAndThenNothingMore) {
  const auto expected = text_of(fs::path(GetParam()).replace_extension(".res"));
  ASSERT_EQ(applied(source_, "C.UTF-8"), expected);
  EXPECT_EQ(applied(source_ + kBytes, "C"), expected + kBytes);
  EXPECT_EQ(applied(expected + kBytes, "C.UTF-8"), expected + kBytes)
      << "a second run changed its own result";
}

INSTANTIATE_TEST_SUITE_P(Semantic, Conversion,
                         testing::ValuesIn(files_below(kCases / "convert", ".c")), test_name);

INSTANTIATE_TEST_SUITE_P(SemanticThread, Conversion,
                         testing::ValuesIn(files_below(kCases / "thread", ".c")), test_name);

// A semantic patch that takes a list of functions works on the files of many cases in one process.
class Together : public testing::TestWithParam<fs::path> {};

TEST_P(Together, GivesWhatEachFileGivesAlone) {
  std::map<std::vector<std::string>, std::map<std::string, fs::path>> groups;
  for (const auto& file : files_below(GetParam(), ".c")) {
    auto options = options_of(text_of(file));
    const auto function = std::ranges::find_if(
        options, [](const std::string& option) { return option.starts_with("fn="); });
    if (function == options.end()) continue;
    const auto name = function->substr(3);
    options.erase(function - 1, function + 1);
    groups[options].emplace(name, file);
  }
  std::size_t most = 0;
  for (const auto& [options, files] : groups) {
    most = std::max(most, files.size());
    auto dir = TempDir::make();
    ASSERT_TRUE(dir) << dir.error().message;
    std::string names;
    std::ofstream list(dir->path() / "list");
    for (const auto& [name, file] : files) {
      names += (names.empty() ? "" : ",") + name;
      fs::copy_file(file, dir->path() / (name + ".c"));
      list << (dir->path() / (name + ".c")).string() << "\n\n";
    }
    list.close();
    auto given = options;
    given.insert(given.end(), {"-D", "fn=" + names});
    apply(fs::relative(GetParam(), kCases).concat(".cocci"), given,
          {"--file-groups", (dir->path() / "list").string()});
    for (const auto& [name, file] : files)
      EXPECT_EQ(with_layout_of(text_of(file), text_of(dir->path() / (name + ".c"))),
                text_of(fs::path(file).replace_extension(".res")))
          << file;
  }
  EXPECT_GT(most, 1U) << "no two cases have the same options";
}

std::vector<fs::path> cases_of_lists() {
  std::vector<fs::path> found;
  for (const auto& patch : patches())
    if (text_of(patch).find("-D fn=FUNCTION,...") != std::string::npos)
      found.push_back((kCases / fs::relative(patch, kPatches)).replace_extension());
  return found;
}

std::string cases_name(const testing::TestParamInfo<fs::path>& info) {
  return as_name(fs::relative(info.param, kCases).string());
}

INSTANTIATE_TEST_SUITE_P(Semantic, Together, testing::ValuesIn(cases_of_lists()), cases_name);

using Question = Case;

TEST_P(Question, IsAnsweredWithTheFacts) {
  const auto expected = facts_in(text_of(fs::path(GetParam()).replace_extension(".json")));
  EXPECT_EQ(applied(source_, "C.UTF-8"), source_) << "a question changed the text";
  EXPECT_EQ(facts_in(last_.out), expected);
  EXPECT_EQ(applied(source_ + kBytes, "C"), source_ + kBytes);
  EXPECT_EQ(facts_in(last_.out), expected);
}

INSTANTIATE_TEST_SUITE_P(Semantic, Question, testing::ValuesIn(files_below(kCases / "facts", ".c")),
                         test_name);

class Patch : public testing::TestWithParam<fs::path> {};

TEST_P(Patch, SaysWhatItDoesAndHasCases) {
  const auto text = text_of(GetParam());
  EXPECT_THAT(text, StartsWith("// SPDX-License-Identifier: GPL-2.0-only\n/// "));
  EXPECT_THAT(text, HasSubstr("\n// Confidence: "));
  EXPECT_THAT(text, HasSubstr("\n// Options: "));
  const auto cases = (kCases / fs::relative(GetParam(), kPatches)).replace_extension();
  EXPECT_TRUE(fs::is_directory(cases) && !files_below(cases, ".c").empty())
      << "no cases in " << cases;
}

INSTANTIATE_TEST_SUITE_P(Semantic, Patch, testing::ValuesIn(patches()), test_name);

class Included : public testing::TestWithParam<fs::path> {};

TEST_P(Included, SaysWhatItIsForAndIsIncluded) {
  EXPECT_THAT(text_of(GetParam()), StartsWith("// SPDX-License-Identifier: GPL-2.0-only\n// "));
  const auto line = "\n#include \"include/" + GetParam().filename().string() + "\"\n";
  const auto all = patches();
  EXPECT_TRUE(std::any_of(all.begin(), all.end(), [&](const fs::path& patch) {
    return text_of(patch).find(line) != std::string::npos;
  })) << "by no semantic patch";
}

INSTANTIATE_TEST_SUITE_P(Semantic, Included, testing::ValuesIn(files_below(kIncluded, ".cocci")),
                         test_name);

}  // namespace
}  // namespace killify
