// Changes, messages and git repositories that the tests of this stage share.
#pragma once

#include "series/change.h"
#include "series/series.h"
#include "spec/series_spec.h"
#include "support/error.h"
#include "support/files.h"
#include "support/run_git.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace killify::samples {

inline const std::filesystem::path kMessages =
    std::filesystem::path(KILLIFY_TEST_SOURCE_DIR) / "series/messages";

// The value, or a test failure with the error's text.
template <typename T>
T value_of(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

inline void check(const Status& status) {
  if (!status) throw std::runtime_error(status.error().message);
}

inline SiteChange etnaviv_site() {
  return {.handler = "etnaviv_gem_fault",
          .function = "etnaviv_gem_fault",
          .file = "drivers/gpu/drm/etnaviv/etnaviv_gem.c",
          .line = 177,
          .before = "mutex_lock_interruptible",
          .after = "mutex_lock_killable",
          .object = "etnaviv_obj->lock",
          .on_signal = "VM_FAULT_NOPAGE",
          .on_fatal = "VM_FAULT_SIGBUS",
          .loop_exit = false};
}

// A change of one file of the driver in `group`, with these sites.
inline Change change_of(const std::string& group, std::vector<SiteChange> sites) {
  Change change;
  change.step.group = group;
  const std::string file =
      sites.empty() || sites.front().file.empty() ? group + "/driver.c" : sites.front().file;
  change.files = {{.path = file,
                   .before = "static int fault(void)\n{\n\treturn interruptible();\n}\n",
                   .after = "static int fault(void)\n{\n\treturn killable();\n}\n"}};
  change.sites = std::move(sites);
  change.semantic_patches = {"convert/mutex.cocci", "convert/fatal-return.cocci"};
  return change;
}

inline Change etnaviv_change() {
  return change_of("drivers/gpu/drm/etnaviv", {etnaviv_site()});
}

inline SeriesSpec spec() {
  SeriesSpec result;
  result.name = "killable-fault-handlers";
  result.title = "Only fatal signals may interrupt a page fault";
  result.on_fatal_signal = "VM_FAULT_SIGBUS";
  result.commit.template_file = kMessages / "convert.txt";
  result.commit.prepare_template = kMessages / "prepare.txt";
  result.commit.thread_template = kMessages / "thread.txt";
  result.cover.template_file = kMessages / "cover.txt";
  return result;
}

inline Signature author() {
  return {.name = "A U Thor", .email = "author@example.org"};
}

// A repository with these files in one commit.
inline void make_repository(const std::filesystem::path& path,
                            const std::vector<FileChange>& files) {
  std::filesystem::create_directories(path);
  test::git(path, {"init", "-q"});
  for (const FileChange& file : files) check(write_file_atomic(path / file.path, file.before));
  test::git(path, {"add", "-A"});
  test::git(path, {"commit", "-q", "-m", "Linux 6.1"});
}

}  // namespace killify::samples
