// Each folder of tests/cases/ is a shape that a public report tells of, or lies near one: sources
// laid over the fixture kernel, what is right (expected.txt), and a mechanical check of what
// killify says and does. tests/cases/run builds the tree, runs killify and checks.
#include "support/killify_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace killify::test {
namespace {

const fs::path kCases = kSource / "tests" / "cases";

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kCases))
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

class Case : public testing::TestWithParam<std::string> {};

TEST_P(Case, IsAnsweredRightly) {
  const Place place;
  place.share_answers();
  fs::create_directory_symlink(place.cache(), place.path() / "killify");  // what `run` calls it
  auto environment = place.environment(
      {{"WORK", (place.path() / "work").string()}, {"CACHE", place.path().string()}});
  const auto done =
      run_program({(kCases / "run").string(), kMiniLinux.string(), KILLIFY_TEST_BINARY, GetParam()},
                  place.path(), std::move(environment));
  EXPECT_TRUE(done.ok()) << done.out << done.err;
  EXPECT_THAT(done.out, testing::StartsWith("PASS " + GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Public, Case, testing::ValuesIn(cases()), [](const auto& parameter) {
  std::string name = parameter.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace killify::test
