// Files of a work tree on disk, with the stat data that an index keeps of them. For tree/ only.
#pragma once

#include "support/descriptor.h"
#include "support/error.h"

#include <git2.h>
#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

constexpr std::uint32_t kRegularMode = 0100644;
constexpr std::uint32_t kExecutableMode = 0100755;
constexpr std::uint32_t kSymlinkMode = 0120000;

// A directory to work below, itself not a symlink.
[[nodiscard]] Result<FileDescriptor> open_directory(const std::filesystem::path& path);

// "PATH: ACTION: No space left on device; free some space", from errno.
[[nodiscard]] tl::unexpected<Error> system_failure(std::string_view path, std::string_view action);

// Makes a file or symlink (by `mode`) that is not there yet below the open directory `root`, and
// notes its stat data in `entry`.
[[nodiscard]] Status create_file(int root, const std::string& path, std::uint32_t mode,
                                 std::string_view bytes, git_index_entry& entry);

// The contents of a file, or the target of a symlink, below `root`.
[[nodiscard]] Result<std::string> read_file_at(int root, const std::string& path);

// What an index keeps of a file to know it again without reading it.
void note_stat(const struct stat& stat, git_index_entry& entry);
[[nodiscard]] bool same_stat(const struct stat& stat, const git_index_entry& entry);

// Replaces the index file at `path` by one with these entries, sorted by path.
[[nodiscard]] Status write_index(const std::filesystem::path& path,
                                 const std::vector<git_index_entry>& entries);

}  // namespace killify
