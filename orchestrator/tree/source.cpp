#include "tree/source.h"

#include "tree/disk_file.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>

#include <algorithm>
#include <system_error>
#include <utility>
#include <vector>

namespace killify {

namespace fs = std::filesystem;

namespace {

// No file of a kernel comes near it, and a file is held in memory while it is compressed.
constexpr std::int64_t kLargestFile = std::int64_t{1} << 30;

constexpr std::size_t kChunk = std::size_t{1} << 16;  // where an archive does not say the size

tl::unexpected<Error> too_large(const fs::path& source, std::string_view name) {
  return fail("{}: '{}' is larger than 1 GiB; this is no kernel source", source.string(), name);
}

struct ArchiveFree {
  void operator()(archive* handle) const { archive_read_free(handle); }
};

class Archive : public Source {
 public:
  explicit Archive(fs::path path) : path_(std::move(path)), archive_(archive_read_new()) {}

  Status open() {
    std::error_code error;
    size_ = fs::file_size(path_, error);
    if (error) return fail("{}: cannot read it: {}", path_.string(), error.message());
    // Not "all": some of libarchive's filters run other programs, and some formats name files
    // outside of the archive.
    archive* handle = archive_.get();
    archive_read_support_filter_gzip(handle);
    archive_read_support_filter_bzip2(handle);
    archive_read_support_filter_xz(handle);
    archive_read_support_filter_lzma(handle);
    archive_read_support_filter_zstd(handle);
    archive_read_support_filter_lz4(handle);
    archive_read_support_format_tar(handle);
    archive_read_support_format_zip(handle);
    constexpr std::size_t kBlock = std::size_t{1} << 18;
    if (archive_read_open_filename(handle, path_.c_str(), kBlock) != ARCHIVE_OK) return damaged();
    return {};
  }

  Result<bool> next(SourceEntry& entry) override {
    archive_entry* header = nullptr;
    const int code = archive_read_next_header(archive_.get(), &header);
    if (code == ARCHIVE_EOF) return false;
    if (code != ARCHIVE_OK && code != ARCHIVE_WARN) return damaged();
    const char* name = text(archive_entry_pathname(header), archive_entry_pathname_utf8(header));
    if (name == nullptr) return damaged();
    entry = {SourceEntry::Kind::kFile, name, (archive_entry_perm(header) & S_IXUSR) != 0, {}};
    if (const char* target =
            text(archive_entry_hardlink(header), archive_entry_hardlink_utf8(header))) {
      entry.kind = SourceEntry::Kind::kHardLink;
      entry.contents = target;
      return true;
    }
    switch (archive_entry_filetype(header)) {
      case AE_IFDIR:
        entry.kind = SourceEntry::Kind::kDirectory;
        return true;
      case AE_IFLNK: {
        const char* target =
            text(archive_entry_symlink(header), archive_entry_symlink_utf8(header));
        if (target == nullptr || *target == '\0') return damaged();
        entry.kind = SourceEntry::Kind::kSymlink;
        entry.contents = target;
        return true;
      }
      case AE_IFREG:
        KILLIFY_CHECK(read_contents(header, entry));
        return true;
      default:
        return fail(
            "{}: '{}' is neither a file, a directory nor a link; remove it from the archive",
            path_.string(), entry.path);
    }
  }

  [[nodiscard]] std::size_t done() const override {
    constexpr int kOutermost = -1;
    return in_mib(static_cast<std::uintmax_t>(archive_filter_bytes(archive_.get(), kOutermost)));
  }
  [[nodiscard]] std::size_t total() const override { return in_mib(size_); }

 private:
  static std::size_t in_mib(std::uintmax_t bytes) { return static_cast<std::size_t>(bytes >> 20); }

  // A name that the locale cannot say is taken as UTF-8.
  static const char* text(const char* native, const char* utf8) {
    return native != nullptr ? native : utf8;
  }

  Status read_contents(archive_entry* header, SourceEntry& entry) {
    if (archive_entry_size(header) > kLargestFile) return too_large(path_, entry.path);
    const bool known = archive_entry_size_is_set(header) != 0;
    std::string& contents = entry.contents;
    contents.resize(known ? static_cast<std::size_t>(archive_entry_size(header)) : kChunk);
    std::size_t filled = 0;
    for (;;) {
      if (filled == contents.size()) {
        if (known) return {};
        if (static_cast<std::int64_t>(filled) > kLargestFile) return too_large(path_, entry.path);
        contents.resize(filled + kChunk);
      }
      const la_ssize_t got =
          archive_read_data(archive_.get(), contents.data() + filled, contents.size() - filled);
      if (got < 0) return damaged();
      if (got == 0) break;
      filled += static_cast<std::size_t>(got);
    }
    contents.resize(filled);
    return {};
  }

  tl::unexpected<Error> damaged() {
    const char* said = archive_error_string(archive_.get());
    std::string what = said != nullptr ? said : "a name is missing or cannot be read";
    std::replace(what.begin(), what.end(), '\n', ' ');
    return fail("{}: not a tar or zip archive, or damaged: {}; fetch it again", path_.string(),
                what);
  }

  fs::path path_;
  std::unique_ptr<archive, ArchiveFree> archive_;
  std::uintmax_t size_ = 0;
};

class Directory : public Source {
 public:
  explicit Directory(fs::path path) : path_(std::move(path)) {}

  Status open() {
    KILLIFY_TRY(root_, open_directory(path_));
    std::error_code error;
    for (fs::recursive_directory_iterator at(path_, error), end; !error && at != end;
         at.increment(error)) {
      if (at.depth() == 0 && at->path().filename() == ".git") {
        at.disable_recursion_pending();
        continue;
      }
      names_.push_back(at->path().lexically_relative(path_).string());
    }
    if (error) return fail("{}: cannot list it: {}", path_.string(), error.message());
    std::sort(names_.begin(), names_.end());
    return {};
  }

  Result<bool> next(SourceEntry& entry) override {
    if (at_ == names_.size()) return false;
    const std::string& name = names_[at_++];
    struct stat found {};
    if (::fstatat(root_.get(), name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0)
      return system_failure((path_ / name).string(), "cannot look at it");
    entry = {SourceEntry::Kind::kFile, name, (found.st_mode & S_IXUSR) != 0, {}};
    if (S_ISDIR(found.st_mode)) {
      entry.kind = SourceEntry::Kind::kDirectory;
      return true;
    }
    if (S_ISLNK(found.st_mode))
      entry.kind = SourceEntry::Kind::kSymlink;
    else if (!S_ISREG(found.st_mode))
      return fail("{}: neither a file, a directory nor a link; remove it first",
                  (path_ / name).string());
    if (found.st_size > kLargestFile) return too_large(path_, name);
    KILLIFY_TRY(entry.contents, read_file_at(root_.get(), name));
    return true;
  }

  [[nodiscard]] std::size_t done() const override { return at_; }
  [[nodiscard]] std::size_t total() const override { return names_.size(); }

 private:
  fs::path path_;
  FileDescriptor root_;
  std::vector<std::string> names_;
  std::size_t at_ = 0;
};

}  // namespace

Result<std::unique_ptr<Source>> open_archive(const fs::path& path) {
  auto source = std::make_unique<Archive>(path);
  KILLIFY_CHECK(source->open());
  return source;
}

Result<std::unique_ptr<Source>> open_source_directory(const fs::path& path) {
  auto source = std::make_unique<Directory>(path);
  KILLIFY_CHECK(source->open());
  return source;
}

}  // namespace killify
