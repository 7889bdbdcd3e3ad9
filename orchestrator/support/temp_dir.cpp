#include "support/temp_dir.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <random>
#include <system_error>
#include <utility>

// The folder is PARENT/.killify-temporary-UID. In it, NAME.owner is an owned file that stands for
// the directory NAME: it is there before the directory is made and until the directory is removed.
// So whatever is called NAME beside an owned file that can be taken over is of a run that is gone,
// and nothing else is ever removed.

namespace killify {
namespace fs = std::filesystem;
namespace {

constexpr const char* kOwner = ".owner";

fs::path folder_in(const fs::path& parent) {
  return parent / fmt::format(".killify-temporary-{}", geteuid());
}

std::string new_name() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

// In a directory that all may write to, the folder may be somebody's trap.
bool belongs_to(uid_t user, const fs::path& folder) {
  struct stat status {};
  return lstat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == user;
}

void remove_stale(const fs::path& folder) {
  if (!belongs_to(geteuid(), folder)) return;
  std::error_code unreadable;
  for (fs::directory_iterator entry(folder, unreadable), end; !unreadable && entry != end;
       entry.increment(unreadable)) {
    if (entry->path().extension() != kOwner) continue;
    const auto owner = OwnedFile::take_over(entry->path());
    std::error_code ignored;  // what cannot be removed does not stand in the way
    if (owner) fs::remove_all(folder / entry->path().stem(), ignored);
  }
}

tl::unexpected<Error> cannot_make(const fs::path& parent, int problem) {
  return fail("{}: cannot make a temporary directory: {}", parent.string(), errno_text(problem));
}

}  // namespace

Result<TempDir> TempDir::make(const fs::path& parent) {
  std::error_code problem;
  const fs::path above = parent.empty() ? fs::temp_directory_path(problem) : parent;
  if (problem) return fail("no directory for temporary files: {}; set TMPDIR", problem.message());
  fs::create_directories(above, problem);
  if (problem) return fail("{}: cannot make this directory: {}", above.string(), problem.message());

  const fs::path folder = folder_in(above);
  remove_stale(folder);
  std::optional<OwnedFile> owner;
  std::string name;
  constexpr int kPatience = 1000;
  for (int i = 0; !owner && i < kPatience; ++i) {
    if (mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) return cannot_make(above, errno);
    name = new_name();
    owner = OwnedFile::make(folder / (name + kOwner));
    // Another run may have removed the folder between the two steps: it was empty.
    if (!owner && errno != ENOENT && errno != EEXIST) return cannot_make(above, errno);
  }
  struct stat made {};
  if (!owner || fstat(owner->file().get(), &made) != 0) return cannot_make(above, errno);
  if (!belongs_to(made.st_uid, folder))
    return fail("{}: is not a directory of yours; remove it", folder.string());
  if (mkdir((folder / name).c_str(), S_IRWXU) != 0) return cannot_make(above, errno);
  return TempDir(folder / name, std::move(*owner));
}

TempDir::TempDir(TempDir&& other) noexcept
    : path_(std::exchange(other.path_, {})), owner_(std::move(other.owner_)) {}

TempDir& TempDir::operator=(TempDir&& other) noexcept {
  path_.swap(other.path_);
  std::swap(owner_, other.owner_);
  return *this;
}

TempDir::~TempDir() {
  if (path_.empty()) return;
  std::error_code ignored;  // nothing can be done here; the next run's clean-up tries again
  fs::remove_all(path_, ignored);
  { const OwnedFile gone = std::move(owner_); }
  rmdir(path_.parent_path().c_str());  // stays while another run has something in it
}

void remove_stale_temporaries(const fs::path& parent) {
  const fs::path folder = folder_in(parent);
  remove_stale(folder);
  rmdir(folder.c_str());
}

}  // namespace killify
