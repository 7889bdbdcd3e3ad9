// Temporary directories, and what is left of those of a run that was killed.
#pragma once

#include "support/error.h"
#include "support/owned_file.h"

#include <filesystem>

namespace killify {

// A directory that is removed with all that is in it when the object goes.
class TempDir {
 public:
  // Made below `parent` (the system's temporary directory when empty), in a folder of ours there
  // that goes with the last of them. What killed runs left in that folder is removed first.
  [[nodiscard]] static Result<TempDir> make(const std::filesystem::path& parent = {});
  TempDir(TempDir&& other) noexcept;
  TempDir& operator=(TempDir&& other) noexcept;
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  TempDir(std::filesystem::path path, OwnedFile owner)
      : path_(std::move(path)), owner_(std::move(owner)) {}
  std::filesystem::path path_;
  OwnedFile owner_;
};

// Removes what killed runs left of TempDirs that were made below `parent`.
void remove_stale_temporaries(const std::filesystem::path& parent);

}  // namespace killify
