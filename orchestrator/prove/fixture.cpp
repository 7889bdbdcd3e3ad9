#include "prove/fixture.h"

#include "prove/initramfs.h"
#include "prove/kernel_log.h"
#include "support/digest.h"
#include "support/files.h"
#include "support/process.h"
#include "support/resources.h"
#include "support/temp_dir.h"

#include <elf.h>

#include <algorithm>
#include <cstring>

namespace killify {
namespace {

namespace fs = std::filesystem;

Result<std::vector<fs::path>> files_in(const fs::path& directory) {
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error))
    files.push_back(entry->path());
  if (error) return fail("{}: cannot be listed: {}", directory.string(), error.message());
  std::sort(files.begin(), files.end());
  return files;
}

// Can the program run where there is no library? Inlined, its look at the size makes GCC 12 warn of
// std::string's move: a string of 64 bytes is none that the object itself holds.
[[gnu::noinline]] bool is_static(const std::string& program) {
  Elf64_Ehdr header{};
  if (program.size() < sizeof header) return false;
  std::memcpy(&header, program.data(), sizeof header);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return false;
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment{};
    const std::size_t at = header.e_phoff + i * sizeof segment;
    if (at + sizeof segment > program.size()) return false;
    std::memcpy(&segment, program.data() + at, sizeof segment);
    if (segment.p_type == PT_INTERP) return false;
  }
  return true;
}

Result<std::string> static_busybox() {
  constexpr const char* kRemedy = "apt-get install busybox-static";
  const fs::path path = find_program("busybox");
  if (path.empty()) return fail("busybox is not installed; {}", kRemedy);
  KILLIFY_TRY(std::string program, read_file(path));
  if (!is_static(program))
    return fail("{}: needs libraries that the guest does not have; {}", path.string(), kRemedy);
  return program;
}

Result<std::string> build_program(const std::vector<fs::path>& sources, const fs::path& uapi,
                                  const fs::path& scratch) {
  const fs::path program = scratch / "provoke";
  Command command{.argv = {"gcc", "-static", "-O2", "-Wall", "-Wextra", "-D__user=", "-idirafter",
                           uapi.string(), "-o", program.string()}};
  for (const fs::path& source : sources) command.argv.push_back(source.string());
  KILLIFY_TRY(const Completed made, run(command));
  if (!made.ok())
    return fail("{}: cannot be compiled: {}", sources.front().string(), log_tail(made.err, 1));
  return read_file(program);
}

}  // namespace

Result<Fixture> Fixture::open() {
  Fixture fixture;
  KILLIFY_TRY(const fs::path data, data_dir());
  fixture.directory_ = data / "kernel-fixtures" / "runtime";
  KILLIFY_TRY(fixture.busybox_, static_busybox());
  KILLIFY_TRY(const auto files, files_in(fixture.directory_));
  std::string all = sha256(fixture.busybox_);
  for (const fs::path& file : files) {
    KILLIFY_TRY(const auto text, read_file(file));
    all += '\n' + file.filename().string() + ' ' + sha256(text);
  }
  fixture.digest_ = sha256(all);
  return fixture;
}

Status Fixture::build(const MakeModules& make, const fs::path& uapi,
                      const fs::path& initramfs) const {
  KILLIFY_TRY(const TempDir scratch, TempDir::make());
  const fs::path modules = scratch.path() / "modules";
  std::error_code error;
  fs::copy(directory_, modules, error);
  if (error) return fail("{}: cannot be copied: {}", directory_.string(), error.message());
  KILLIFY_CHECK(make({"M=" + modules.string(), "modules"}));

  KILLIFY_TRY(std::string init, read_file(file("init")));
  KILLIFY_TRY(std::string program,
              build_program({file("provoke.c"), file("target.c")}, uapi, scratch.path()));
  std::vector<GuestFile> files{{"bin/busybox", busybox_, true},
                               {"init", std::move(init), true},
                               {"provoke", std::move(program), true}};
  KILLIFY_TRY(const auto made, files_in(modules));
  for (const fs::path& one : made) {
    if (one.extension() != ".ko") continue;
    KILLIFY_TRY(std::string module, read_file(one));
    files.push_back({one.filename().string(), std::move(module), false});
  }
  return write_initramfs(initramfs, {"dev", "proc"}, files);
}

}  // namespace killify
