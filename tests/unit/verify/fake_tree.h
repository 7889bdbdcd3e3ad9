// A source tree of a few lines that answers to the make targets of a kernel's, and a git repository
// around it.
#pragma once

#include "support/files.h"
#include "support/progress.h"
#include "support/run_git.h"
#include "support/temp_dir.h"
#include "verify/configuration.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace killify::test {

namespace fs = std::filesystem;

constexpr std::string_view kTopMakefile = R"(VERSION = 6
PATCHLEVEL = 1
SUBLEVEL = 0
srctree := $(CURDIR)
export srctree CC
goals := $(filter %.o,$(MAKECMDGOALS))

allmodconfig:
	@mkdir -p $(O)
	@cat $(KCONFIG_ALLCONFIG) $(srctree)/Kconfig > $(O)/.config
	@echo configured >> $(O)/history
prepare modules_prepare:
	@$(MAKE) --no-print-directory -C $(O) -f $(srctree)/scripts/Makefile.prepare
	@echo prepared >> $(O)/history
objects:
	@$(MAKE) --no-print-directory -C $(O) -f $(srctree)/scripts/Makefile.objects $(goals)
$(goals): objects
	@:
.PHONY: $(goals) objects prepare modules_prepare allmodconfig
)";

// As the kernel's, the make that starts the one of a directory runs in the build directory.
constexpr std::string_view kObjectsMakefile =
    R"(build := -f $(srctree)/scripts/Makefile.build obj
$(MAKECMDGOALS): objects
	@:
objects:
	@$(MAKE) --no-print-directory $(build)=drivers $(MAKECMDGOALS)
.PHONY: objects $(MAKECMDGOALS)
)";

constexpr std::string_view kDirectoryMakefile = R"(include $(srctree)/$(obj)/Makefile
real-obj-m := $(addprefix $(obj)/,$(obj-m))
$(obj)/%.o: $(srctree)/$(obj)/%.c FORCE
	@mkdir -p $(@D)
	@echo make $@ >> history
	@$(cc)
	@{ echo 'cmd_$@ := $(cc)'; echo; cat $(@D)/.$(@F).d; } > $(@D)/.$(@F).cmd
cc = $(CC) -Wall -MD -MF $(@D)/.$(@F).d -c -o $@ $<
FORCE:
.DELETE_ON_ERROR:
)";

inline void write(const fs::path& file, std::string_view text) {
  const auto written = write_file_atomic(file, text);
  ASSERT_TRUE(written) << written.error().message;
}

// Drivers: on (enabled), off (in no list), with_header (enabled, includes shared.h).
inline void make_fake_tree(const fs::path& tree) {
  write(tree / "Makefile", kTopMakefile);
  write(tree / "Kconfig", "CONFIG_ON=m\n");
  write(tree / "scripts/Makefile.objects", kObjectsMakefile);
  write(tree / "scripts/Makefile.build", kDirectoryMakefile);
  write(tree / "scripts/Makefile.prepare", "all:\n\t@:\n");
  write(tree / "drivers/Makefile", "obj-m := on.o with_header.o\n");
  write(tree / "drivers/on.c", "int on(void)\n{\n\treturn 1;\n}\n");
  write(tree / "drivers/off.c", "int off(void)\n{\n\treturn 0;\n}\n");
  write(tree / "drivers/shared.h", "#define SHARED 1\n");
  write(tree / "drivers/with_header.c",
        "#include \"shared.h\"\nint with_header(void)\n{\n\treturn SHARED;\n}\n");
}

inline Configuration fake_configuration() {
  return {"fake-allmod", "fake", "", "gcc", "allmodconfig", "CONFIG_FRAGMENT=y\n"};
}

// A directory with a fake tree in it.
class FakeTree : public ::testing::Test {
 protected:
  void SetUp() override {
    auto made = TempDir::make();
    ASSERT_TRUE(made) << made.error().message;
    directory_.emplace(std::move(*made));
    make_fake_tree(tree());
  }
  [[nodiscard]] fs::path root() const { return directory_->path(); }
  [[nodiscard]] fs::path tree() const { return root() / "tree"; }

  std::string git(std::vector<std::string> arguments) const {
    return test::git(tree(), std::move(arguments));
  }
  // Commits the work tree; gives the commit's id.
  std::string commit(const std::string& subject) const {
    if (!fs::exists(tree() / ".git")) git({"init", "-q"});
    git({"add", "-A"});
    git({"commit", "-q", "--allow-empty", "-m", subject});
    return git({"rev-parse", "HEAD"});
  }

 private:
  std::optional<TempDir> directory_;
};

}  // namespace killify::test
