#include "prove/initramfs.h"

#include "support/files.h"

#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <set>
#include <string_view>

namespace killify {
namespace {

la_ssize_t append(archive*, void* bytes, const void* data, size_t size) {
  static_cast<std::string*>(bytes)->append(static_cast<const char*>(data), size);
  return static_cast<la_ssize_t>(size);
}

struct Free {
  void operator()(archive* it) const { archive_write_free(it); }
  void operator()(archive_entry* it) const { archive_entry_free(it); }
};
using Archive = std::unique_ptr<archive, Free>;

constexpr unsigned kDirectoryMode = 0755;
constexpr unsigned kFileMode = 0644;
constexpr unsigned kProgramMode = 0755;

bool add(const Archive& to, const std::string& path, unsigned type, unsigned mode,
         std::string_view content) {
  const std::unique_ptr<archive_entry, Free> entry(archive_entry_new());
  archive_entry_set_pathname(entry.get(), path.c_str());
  archive_entry_set_filetype(entry.get(), type);
  archive_entry_set_perm(entry.get(), mode);
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
  return archive_write_header(to.get(), entry.get()) == ARCHIVE_OK &&
         archive_write_data(to.get(), content.data(), content.size()) ==
             static_cast<la_ssize_t>(content.size());
}

}  // namespace

Status write_initramfs(const std::filesystem::path& file,
                       const std::vector<std::string>& directories,
                       const std::vector<GuestFile>& files) {
  std::set<std::string> all(directories.begin(), directories.end());
  for (const GuestFile& one : files)
    for (auto at = one.path.find('/'); at != std::string::npos; at = one.path.find('/', at + 1))
      all.insert(one.path.substr(0, at));
  std::string bytes;
  const Archive to(archive_write_new());
  bool good = archive_write_set_format_cpio_newc(to.get()) == ARCHIVE_OK &&
              archive_write_open(to.get(), &bytes, nullptr, append, nullptr) == ARCHIVE_OK;
  for (const std::string& directory : all)
    good = good && add(to, directory, AE_IFDIR, kDirectoryMode, "");
  for (const GuestFile& one : files)
    good =
        good && add(to, one.path, AE_IFREG, one.executable ? kProgramMode : kFileMode, one.content);
  if (!good || archive_write_close(to.get()) != ARCHIVE_OK) {
    const char* why = archive_error_string(to.get());
    return fail("{}: cannot be made: {}", file.string(), why == nullptr ? "no reason given" : why);
  }
  return write_file_atomic(file, bytes);
}

}  // namespace killify
