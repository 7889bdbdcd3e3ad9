#include "support/resources.h"

#include "support/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <string>

namespace killify {
namespace {

namespace fs = std::filesystem;

// Sets a variable (or takes it away) until the end of the block.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    value == nullptr ? unsetenv(name) : setenv(name, value, 1);
  }
  ~Variable() { old_ ? setenv(name_, old_->c_str(), 1) : unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> old_;
};

TEST(Version, IsThreeNumbers) {
  EXPECT_THAT(std::string(version()), testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
}

TEST(DataDir, IsTheSourceTreeForABuildTree) {
  const Variable none("KILLIFY_DATA", nullptr);
  EXPECT_EQ(data_dir().value(), fs::path(KILLIFY_TEST_SOURCE_DIR));
}

TEST(DataDir, TheEnvironmentWins) {
  const TempDir dir = TempDir::make().value();
  const Variable named("KILLIFY_DATA", dir.path().c_str());
  EXPECT_EQ(data_dir().error().message,
            dir.path().string() +
                ": no semantic-patches/ and series/ in there; correct or unset KILLIFY_DATA");
  fs::create_directories(dir.path() / "series");
  fs::create_directories(dir.path() / "semantic-patches");
  EXPECT_EQ(data_dir().value(), dir.path());
}

TEST(DefaultCacheDir, FollowsTheConvention) {
  const Variable home("HOME", "/home/x");
  const Variable no_xdg("XDG_CACHE_HOME", nullptr);
  const Variable no_own("KILLIFY_CACHE", nullptr);
  EXPECT_EQ(default_cache_dir(), "/home/x/.cache/killify");
  const Variable xdg("XDG_CACHE_HOME", "/xdg");
  EXPECT_EQ(default_cache_dir(), "/xdg/killify");
  const Variable own("KILLIFY_CACHE", "/own");
  EXPECT_EQ(default_cache_dir(), "/own");
}

}  // namespace
}  // namespace killify
