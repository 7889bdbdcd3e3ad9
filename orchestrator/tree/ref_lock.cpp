#include "tree/ref_lock.h"

#include "support/files.h"
#include "support/interrupt.h"
#include "support/temp_dir.h"
#include "tree/git_handle.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <tuple>
#include <vector>

namespace killify {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kHeads = "refs/heads/";

// Directories without a file in them, which git leaves where branches were.
void remove_empty_directories(const fs::path& root) {
  std::vector<fs::path> directories{root};
  std::error_code error;
  for (fs::recursive_directory_iterator entry(root, error), end; !error && entry != end;
       entry.increment(error))
    if (entry->is_directory(error) && !entry->is_symlink(error))
      directories.push_back(entry->path());
  for (; !directories.empty(); directories.pop_back()) rmdir(directories.back().c_str());
}

std::string log_line(const Repository& repository, const git_oid& from, const git_oid& to,
                     const std::string& reason) {
  GitSignature who;
  if (git_signature_default(receive(who), repository.handle().get()) != 0 &&
      git_signature_now(receive(who), "killify", "killify@localhost") != 0)
    return {};
  const int offset = who.get()->when.offset;
  return fmt::format("{} {} {} <{}> {} {}{:02}{:02}\t{}\n", oid_text(from), oid_text(to),
                     who.get()->name, who.get()->email, who.get()->when.time,
                     offset < 0 ? '-' : '+', std::abs(offset) / 60, std::abs(offset) % 60, reason);
}

}  // namespace

Result<RefLock> RefLock::take(const Repository& repository, const std::string& name) {
  constexpr std::chrono::milliseconds kPatience(3000);  // 'git gc' holds each for an instant
  constexpr std::chrono::milliseconds kPause(20);
  const fs::path path = repository.common_dir() / (name + ".lock");
  int problem = 0;
  for (auto waited = kPause; waited < kPatience; waited += kPause) {
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (auto lock = OwnedFile::make(path)) return RefLock(repository, name, std::move(*lock));
    problem = errno;
    if (OwnedFile::take_over(path)) continue;  // and so removed
    // Or git, while it packs refs, removes the directory that was made above.
    if (problem != EEXIST && problem != ENOENT) break;
    if (interrupted()) return tl::unexpected<Error>(interrupted_error());
    pollfd wake = {interrupt_fd(), POLLIN, 0};
    poll(&wake, 1, static_cast<int>(kPause.count()));
  }
  if (problem == EEXIST)
    return fail("{}: another program holds {}; if no git is at work there, remove that file",
                repository.handle().name(), path.string());
  return fail("{}: cannot lock {}: {}: {}", repository.handle().name(), name, path.string(),
              errno_text(problem));
}

Status RefLock::set(const git_oid& to, const std::string& reason) const {
  KILLIFY_CHECK(note(to, reason));
  const fs::path path = repository_.common_dir() / name_;
  KILLIFY_TRY(const TempDir scratch, TempDir::make(repository_.common_dir()));
  const fs::path made = scratch.path() / "ref";
  KILLIFY_CHECK(write_file_atomic(made, oid_text(to) + '\n'));
  if (rename(made.c_str(), path.c_str()) == 0) return {};
  if (errno == EISDIR) {
    remove_empty_directories(path);
    if (rename(made.c_str(), path.c_str()) == 0) return {};
  }
  return fail("{}: cannot set {}: {}", repository_.handle().name(), name_, errno_text(errno));
}

// core.logAllRefUpdates, as git reads it.
bool RefLock::is_logged() const {
  std::error_code error;
  if (fs::is_regular_file(repository_.common_dir() / "logs" / name_, error)) return true;
  const bool is_branch = name_.starts_with(kHeads);
  GitConfig config;
  GitConfig snapshot;
  const char* text = nullptr;
  constexpr const char* kKey = "core.logallrefupdates";
  if (git_repository_config(receive(config), repository_.handle().get()) != 0 ||
      git_config_snapshot(receive(snapshot), config.get()) != 0 ||
      git_config_get_string(&text, snapshot.get(), kKey) != 0)
    return is_branch && git_repository_is_bare(repository_.handle().get()) == 0;
  if (text != nullptr && std::string_view(text) == "always") return true;
  int wanted = 0;
  return git_config_parse_bool(&wanted, text) == 0 && wanted != 0 && is_branch;
}

// One write at the end of the file: a kill leaves all of the line or nothing.
Status RefLock::note(const git_oid& to, const std::string& reason) const {
  if (!is_logged()) return {};
  git_oid from{};
  if (git_reference_name_to_id(&from, repository_.handle().get(), name_.c_str()) != 0) from = {};
  const fs::path path = repository_.common_dir() / "logs" / name_;
  std::error_code error;
  if (fs::is_directory(path, error)) remove_empty_directories(path);
  fs::create_directories(path.parent_path(), error);
  FileDescriptor file(open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666));
  if (file.valid() && write_all(file.get(), log_line(repository_, from, to, reason))) return {};
  return fail("{}: cannot write: {}", path.string(), errno_text(errno));
}

void remove_stale_ref_locks(const Repository& repository) {
  remove_stale_temporaries(repository.common_dir());
  for (const char* where : {"refs/heads", "refs/killify"}) {
    std::error_code error;
    for (fs::recursive_directory_iterator entry(repository.common_dir() / where, error), end;
         !error && entry != end; entry.increment(error))
      if (entry->path().extension() == ".lock") std::ignore = OwnedFile::take_over(entry->path());
  }
}

}  // namespace killify
