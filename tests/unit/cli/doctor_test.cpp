#include "cli/doctor.h"

#include "json_schema.h"
#include "support/files.h"
#include "support/temp_dir.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace killify {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using State = ToolStatus::State;
namespace fs = std::filesystem;

// A machine with nothing installed but what the test puts there.
class DoctorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto made = TempDir::make();
    ASSERT_TRUE(made) << made.error().message;
    directory_.emplace(std::move(*made));
    fs::create_directories(scope().programs.front());
  }
  [[nodiscard]] DoctorScope scope() const {
    return {{directory_->path() / "bin"}, {directory_->path() / "include"}};
  }
  void put(const std::string& name, const std::string& script) const {
    const fs::path path = scope().programs.front() / name;
    ASSERT_TRUE(write_file_atomic(path, "#!/bin/sh\n" + script + "\n"));
    fs::permissions(path, fs::perms::owner_all);
  }
  void put_header(const std::string& name) const {
    ASSERT_TRUE(write_file_atomic(scope().includes.front() / name, ""));
  }
  // A spatch of this version; `answer` is what its Python scripts print.
  void put_spatch(const std::string& version, const std::string& answer) const {
    put("spatch", "if [ \"$1\" = --version ]; then echo 'spatch version " + version +
                      " compiled with OCaml version 4.13.1'; else echo '" + answer + "'; fi");
  }
  void put_everything_required() const {
    put_spatch("1.1.1", "python sees probe");
    for (const char* name : {"git", "make", "gcc", "perl", "python3", "flex", "bison", "bc"})
      put(name, "echo version 4.2");
    put_header("gelf.h");
    put_header("openssl/ssl.h");
  }
  [[nodiscard]] std::vector<ToolStatus> examine() const {
    auto tools = examine_tools(scope());
    EXPECT_TRUE(tools) << tools.error().message;
    return tools ? *tools : std::vector<ToolStatus>{};
  }
  [[nodiscard]] ToolStatus tool(const std::string& name) const {
    const auto tools = examine();
    const auto found = std::find_if(tools.begin(), tools.end(),
                                    [&](const ToolStatus& entry) { return entry.name == name; });
    EXPECT_NE(found, tools.end()) << name;
    return found == tools.end() ? ToolStatus{} : *found;
  }

 private:
  std::optional<TempDir> directory_;
};

TEST_F(DoctorTest, ABareMachineFailsAndIsToldWhatToInstall) {
  const auto tools = examine();
  EXPECT_EQ(doctor_exit(tools), Exit::kFailed);
  const std::string text = doctor_text(tools, Paint(false));
  EXPECT_THAT(text, HasSubstr("Required:  apt-get install bc bison coccinelle flex gcc git "
                              "libelf-dev libssl-dev make perl python3\n"));
  EXPECT_THAT(text, HasSubstr("Optional:  apt-get install "));
}

TEST_F(DoctorTest, WhatIsOptionalMayBeMissing) {
  put_everything_required();
  const auto tools = examine();
  EXPECT_EQ(doctor_exit(tools), Exit::kOk);
  const std::string text = doctor_text(tools, Paint(false));
  EXPECT_THAT(text, Not(HasSubstr("Required:")));
  EXPECT_THAT(text, HasSubstr("Everything that killify needs is there."));
  EXPECT_EQ(tool("ccache").state, State::kMissing);
  EXPECT_THAT(tool("ccache").note, Not(IsEmpty()));
}

TEST_F(DoctorTest, VersionsAreReadAndPathsNamed) {
  put("git", "echo 'git version 2.39.5'");
  EXPECT_EQ(tool("git").version, "2.39.5");
  EXPECT_EQ(tool("git").path, (scope().programs.front() / "git").string());
  EXPECT_EQ(tool("git").state, State::kFine);
}

TEST_F(DoctorTest, AnOldSpatchIsUnfit) {
  put_spatch("1.0.8", "python sees probe");
  EXPECT_EQ(tool("spatch").state, State::kUnfit);
  EXPECT_THAT(tool("spatch").note, HasSubstr("at least 1.1.1"));
  put_spatch("1.0.10", "python sees probe");
  EXPECT_EQ(tool("spatch").state, State::kUnfit);
}

TEST_F(DoctorTest, ANewerSpatchWithFewerNumbersIsFine) {
  put_spatch("1.3", "python sees probe");
  EXPECT_EQ(tool("spatch").state, State::kFine);
  EXPECT_EQ(tool("spatch").version, "1.3");
}

TEST_F(DoctorTest, ASpatchWithoutPythonIsUnfit) {
  put_everything_required();
  put_spatch("1.1.1", "");
  EXPECT_EQ(tool("spatch").state, State::kUnfit);
  EXPECT_THAT(tool("spatch").note, HasSubstr("Python"));
  EXPECT_EQ(doctor_exit(examine()), Exit::kFailed);
}

TEST_F(DoctorTest, AProgramThatFailsIsUnfit) {
  put("make", "exit 3");
  EXPECT_EQ(tool("make").state, State::kUnfit);
  EXPECT_THAT(tool("make").note, HasSubstr("exit status 3"));
}

TEST_F(DoctorTest, AFileThatMayNotBeRunIsNoProgram) {
  put("bc", "echo bc 1.07");
  fs::permissions(scope().programs.front() / "bc", fs::perms::owner_read);
  EXPECT_EQ(tool("bc").state, State::kMissing);
}

TEST_F(DoctorTest, JsonHoldsEveryToolAndWhatToInstall) {
  put_everything_required();
  fs::remove(scope().programs.front() / "flex");
  const auto tools = examine();
  const auto json = nlohmann::json::parse(doctor_json(tools));
  EXPECT_EQ(test::JsonSchema("doctor").mismatch(json), "");
  EXPECT_EQ(json.at("tools").size(), tools.size());
  EXPECT_EQ(json.at("install"), nlohmann::json::array({"flex"}));
}

TEST_F(DoctorTest, CrossCompilersAreOptionalAndNameTheirArchitecture) {
  const auto tools = examine();
  const auto found = std::find_if(tools.begin(), tools.end(), [](const ToolStatus& entry) {
    return entry.name == "s390x-linux-gnu-gcc";
  });
  ASSERT_NE(found, tools.end());
  EXPECT_FALSE(found->required);
  EXPECT_EQ(found->package, "gcc-s390x-linux-gnu");
  EXPECT_THAT(found->purpose, HasSubstr("s390"));
}

}  // namespace
}  // namespace killify
