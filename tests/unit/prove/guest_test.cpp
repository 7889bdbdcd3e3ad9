// A machine that does anything but come to its end is a result with a name.
#include "prove/guest.h"

#include "support/files.h"
#include "support/temp_dir.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <optional>

namespace killify {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
namespace fs = std::filesystem;

constexpr const char* kStart = R"({"event":"start","kernel":"6.1.0","processors":2})";
constexpr const char* kTrial =
    R"({"event":"trial","subject":"shape","sleep":"killable","result":"NOPAGE",)"
    R"("handler":"f","access":"store","signal":"SIGKILL","one_cpu":false,"entries":1,"cpu_ms":1,)"
    R"("held_ms":1,"finished":true,"ended_while_held":true,"handled_while_held":false,)"
    R"("handled":0,"killed_by":9,"returned":false,"value":0,"errno":0,"intact":false})";

// A qemu that is a shell script: it finds its console's file as qemu would.
class GuestTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto made = TempDir::make();
    ASSERT_TRUE(made) << made.error().message;
    directory_.emplace(std::move(*made));
    const char* path = std::getenv("PATH");
    path_ = path == nullptr ? "" : path;
    setenv("PATH", (directory_->path().string() + ":" + path_).c_str(), 1);
  }
  void TearDown() override { setenv("PATH", path_.c_str(), 1); }

  // `console` and `report` are printed, then `end` is run.
  void put_qemu(const std::string& console, const std::string& report,
                const std::string& end) const {
    const fs::path program = directory_->path() / "qemu-system-x86_64";
    ASSERT_TRUE(write_file_atomic(
        program,
        "#!/bin/sh\nfor word; do case $word in file:*) log=${word#file:};; esac; done\n"
        "printf '" +
            console + "' > \"$log\"\ncat <<'END'\n" + report + "\nEND\n" + end + "\n"));
    fs::permissions(program, fs::perms::owner_all);
  }
  [[nodiscard]] Result<GuestRun> boot(std::chrono::milliseconds deadline,
                                      const std::string& accelerator = "tcg") const {
    Machine machine;
    machine.kernel = "/nowhere/bzImage";
    machine.log = directory_->path() / "console";
    machine.deadline = deadline;
    machine.accelerator = accelerator;
    return run_guest(machine, [](const Trial&) {});
  }
  [[nodiscard]] Result<GuestRun> boot() const { return boot(std::chrono::minutes(1)); }

 private:
  std::optional<TempDir> directory_;
  std::string path_;
};

TEST_F(GuestTest, AWholeRun) {
  put_qemu("[ 1.0] hello\\n", std::string(kStart) + "\n" + kTrial + "\n" + R"({"event":"end"})",
           "exit 0");
  const auto run = boot();
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ(run->trouble, "");
  EXPECT_EQ(run->tail, "");
  EXPECT_EQ(run->report.trials.size(), 1U);
}

TEST_F(GuestTest, AKernelThatDoesNotBootShowsTheEndOfItsConsole) {
  put_qemu("[ 1.0] Kernel panic - not syncing: No working init found.\\n[ 1.1] Rebooting\\n", "",
           "exit 0");
  const auto run = boot();
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_THAT(run->trouble, StartsWith("does not come to its first program: the machine stopped"));
  EXPECT_THAT(run->tail, HasSubstr("No working init found"));
  EXPECT_THAT(run->complaints, ElementsAre(HasSubstr("Kernel panic")));
}

TEST_F(GuestTest, AHangIsNamedByTheLastTrial) {
  put_qemu("[ 1.0] hello\\n", std::string(kStart) + "\n" + kTrial, "sleep 600");
  const auto run = boot(std::chrono::milliseconds(1500));
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ(run->trouble, "no end within 1.5 s, after 'shape killable NOPAGE store SIGKILL'");
  EXPECT_THAT(run->tail, HasSubstr("hello"));
}

TEST_F(GuestTest, ALineThatIsCutOffIsTrouble) {
  put_qemu("[ 1.0] hello\\n", std::string(kStart) + "\n" + std::string(kTrial).substr(0, 50),
           "exit 0");
  const auto run = boot();
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_THAT(run->trouble, HasSubstr("is not understood"));
}

TEST_F(GuestTest, AnAcceleratorThatIsThereAndDoesNotWork) {
  put_qemu("", "",
           "echo 'Could not access KVM kernel module: Permission denied' >&2\n"
           "echo 'qemu: failed to initialize kvm: Permission denied' >&2\nexit 1");
  const auto run = boot();
  ASSERT_FALSE(run);
  EXPECT_THAT(run.error().message, HasSubstr("failed to initialize kvm: Permission denied"));
}

TEST_F(GuestTest, AnAcceleratorUnderWhichNothingMoves) {
  put_qemu("", "", "sleep 600");
  const auto run = boot(std::chrono::milliseconds(500), "kvm");
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ(run->trouble,
            "does not come to its first program: no end within 0.5 s; kvm may not work here: leave "
            "--accel out");
}

TEST_F(GuestTest, WithoutQemuThePackageIsNamed) {
  setenv("PATH", "/nowhere", 1);
  const auto version = qemu_version();
  ASSERT_FALSE(version);
  EXPECT_THAT(version.error().message, HasSubstr("apt-get install qemu-system-x86"));
}

}  // namespace
}  // namespace killify
