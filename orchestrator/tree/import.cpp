#include "tree/import.h"

#include "support/files.h"
#include "support/interrupt.h"
#include "support/temp_dir.h"
#include "support/text.h"
#include "tree/disk_file.h"
#include "tree/git_handle.h"
#include "tree/pack_writer.h"
#include "tree/path_guard.h"
#include "tree/source.h"

#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

// One pass: this thread decompresses and checks names; workers hash each file, write it to the work
// tree and deflate it into the pack. Nothing is read back, so an import costs about what its slower
// half costs. All of it happens in a temporary directory beside the destination, renamed at the
// end.

namespace killify {

namespace fs = std::filesystem;

namespace {

struct FileRecord {
  std::string path;
  git_index_entry entry{};  // its path is set at the end, when the leading directory is known
};

struct HardLink {
  std::string path;
  std::string target;
};

struct Job {
  std::size_t number = 0;
  FileRecord* record = nullptr;
  std::uint32_t mode = 0;
  std::string contents;
};

// Threads that work off a queue of bounded size.
class Workers {
 public:
  Workers(int root, PackWriter& pack) : root_(root), pack_(pack) {
    const unsigned count = std::max(1U, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < count; ++i) threads_.emplace_back([this] { work(); });
  }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  ~Workers() {
    {
      const std::lock_guard lock(mutex_);
      given_up_ = true;
    }
    static_cast<void>(finish());
  }

  // Waits for room. False once a job has failed: finish() says why.
  [[nodiscard]] bool push(Job job) {
    constexpr std::size_t kRoom = std::size_t{32} << 20;
    std::unique_lock lock(mutex_);
    has_room_.wait(lock, [&] { return given_up_ || queued_bytes_ < kRoom; });
    if (given_up_) return false;
    queued_bytes_ += job.contents.size();
    queue_.push_back(std::move(job));
    has_work_.notify_one();
    return true;
  }

  // Waits until all is done; the error of the first job in order that failed.
  [[nodiscard]] Status finish() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    has_work_.notify_all();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    if (failure_) return tl::unexpected<Error>(failure_->second);
    return {};
  }

 private:
  void work() {
    Deflater deflater;
    for (;;) {
      Job job;
      {
        std::unique_lock lock(mutex_);
        has_work_.wait(lock, [&] { return closed_ || given_up_ || !queue_.empty(); });
        if (given_up_ || queue_.empty()) return;
        job = std::move(queue_.front());
        queue_.pop_front();
        queued_bytes_ -= job.contents.size();
      }
      has_room_.notify_one();
      if (Status done = handle(job, deflater); !done) give_up(job.number, done.error());
    }
  }

  Status handle(const Job& job, Deflater& deflater) {
    git_index_entry& entry = job.record->entry;
    entry.id = object_id(GIT_OBJECT_BLOB, job.contents);
    KILLIFY_CHECK(create_file(root_, job.record->path, job.mode, job.contents, entry));
    return pack_.add(GIT_OBJECT_BLOB, entry.id, job.contents, deflater);
  }

  void give_up(std::size_t number, const Error& error) {
    const std::lock_guard lock(mutex_);
    given_up_ = true;
    if (!failure_ || number < failure_->first) failure_ = {number, error};
    has_room_.notify_all();
    has_work_.notify_all();
  }

  int root_;
  PackWriter& pack_;
  std::mutex mutex_;
  std::condition_variable has_room_;
  std::condition_variable has_work_;
  std::deque<Job> queue_;
  std::size_t queued_bytes_ = 0;
  bool closed_ = false;
  bool given_up_ = false;
  std::optional<std::pair<std::size_t, Error>> failure_;
  std::vector<std::thread> threads_;
};

// The entries of a source as they arrive: checked, counted, their directories made.
class Unpacker {
 public:
  Unpacker(const fs::path& source_path, int root, PackWriter& pack)
      : source_path_(source_path), root_(root), pack_(pack) {}

  Status run(Source& source, Progress& progress) {
    Workers workers(root_, pack_);
    const Status read = read_all(source, workers, progress);
    KILLIFY_CHECK(workers.finish());  // a failed job came before what the reader stumbled over
    KILLIFY_CHECK(read);
    return copy_hard_links();
  }

  // Sorted by path.
  [[nodiscard]] std::vector<FileRecord*> records() {
    std::vector<FileRecord*> sorted;
    for (FileRecord& record : records_) sorted.push_back(&record);
    std::sort(sorted.begin(), sorted.end(),
              [](const FileRecord* a, const FileRecord* b) { return a->path < b->path; });
    return sorted;
  }
  [[nodiscard]] std::string common_directory() const { return guard_.common_directory(); }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  Status read_all(Source& source, Workers& workers, Progress& progress) {
    SourceEntry entry;
    for (;;) {
      if (interrupted()) return tl::unexpected<Error>(interrupted_error());
      KILLIFY_TRY(const bool more, source.next(entry));
      if (!more) return {};
      KILLIFY_TRY(const std::string path, admit(entry));
      if (entry.kind == SourceEntry::Kind::kDirectory) continue;
      if (entry.kind == SourceEntry::Kind::kHardLink) {
        KILLIFY_TRY(std::string target, checked(entry.contents));
        hard_links_.push_back({path, std::move(target)});
        continue;
      }
      progress.advance(source.done(), path);
      bytes_ += entry.contents.size();
      const std::uint32_t mode = entry.kind == SourceEntry::Kind::kSymlink ? kSymlinkMode
                                 : entry.executable                        ? kExecutableMode
                                                                           : kRegularMode;
      FileRecord& record = records_.emplace_back(FileRecord{path});
      if (!workers.push({records_.size(), &record, mode, std::move(entry.contents)})) return {};
    }
  }

  [[nodiscard]] Result<std::string> checked(const std::string& path) const {
    Result<std::string> normal = normal_path(path);
    if (normal) return normal;
    return fail("{}: {}", source_path_.string(), normal.error().message);
  }

  Result<std::string> admit(const SourceEntry& entry) {
    KILLIFY_TRY(std::string path, checked(entry.path));
    const auto to_make = guard_.admit(path, entry.kind == SourceEntry::Kind::kDirectory);
    if (!to_make) return fail("{}: {}", source_path_.string(), to_make.error().message);
    for (const std::string& directory : *to_make)
      if (::mkdirat(root_, directory.c_str(), 0777) != 0)
        return system_failure(directory, "cannot make the directory");
    return path;
  }

  // git knows no hard links: each gets the contents. A target stands before its links in an
  // archive.
  Status copy_hard_links() {
    Deflater deflater;
    for (const HardLink& link : hard_links_) {
      const auto original =
          std::find_if(records_.begin(), records_.end(),
                       [&](const FileRecord& record) { return record.path == link.target; });
      if (original == records_.end())
        return fail("{}: '{}' is a hard link to '{}', which is not there before it",
                    source_path_.string(), link.path, link.target);
      KILLIFY_TRY(const std::string contents, read_file_at(root_, link.target));
      FileRecord copy{link.path, original->entry};
      KILLIFY_CHECK(create_file(root_, link.path, original->entry.mode, contents, copy.entry));
      bytes_ += contents.size();
      records_.push_back(std::move(copy));
    }
    return {};
  }

  const fs::path& source_path_;
  int root_;
  PackWriter& pack_;
  PathGuard guard_;
  std::deque<FileRecord> records_;  // a deque: workers hold pointers into it
  std::vector<HardLink> hard_links_;
  std::uint64_t bytes_ = 0;
};

// Adds the tree of the records [at, end) that start with the same `depth` characters; leaves `at`
// behind the last of them.
using Records = std::vector<FileRecord*>;
Result<git_oid> add_tree(Records::const_iterator& at, Records::const_iterator end,
                         std::size_t depth, PackWriter& pack, Deflater& deflater) {
  const std::string prefix = (*at)->path.substr(0, depth);
  std::string tree;
  const auto append = [&](std::string_view mode, std::string_view name, const git_oid& id) {
    tree.append(mode).append(1, ' ').append(name).append(1, '\0');
    tree.append(reinterpret_cast<const char*>(id.id), sizeof id.id);
  };
  while (at != end && (*at)->path.starts_with(prefix)) {
    const FileRecord& record = **at;
    const std::size_t slash = record.path.find('/', depth);
    if (slash == std::string::npos) {
      append(fmt::format("{:o}", record.entry.mode), std::string_view(record.path).substr(depth),
             record.entry.id);
      ++at;
    } else {
      const std::string name = record.path.substr(depth, slash - depth);
      KILLIFY_TRY(const git_oid below, add_tree(at, end, slash + 1, pack, deflater));
      append("40000", name, below);
    }
  }
  return pack.add(GIT_OBJECT_TREE, tree, deflater);
}

struct BaseCommit {
  git_oid commit;
  git_oid tag;
};

Result<BaseCommit> add_commit(const git_oid& tree, const std::string& version, PackWriter& pack,
                              Deflater& deflater) {
  // Fixed, so that the same files give the same commit everywhere: the first second of 2000.
  constexpr std::string_view kWho = "killify <killify@localhost> 946684800 +0000";
  BaseCommit base{};
  KILLIFY_TRY(base.commit,
              pack.add(GIT_OBJECT_COMMIT,
                       fmt::format("tree {}\nauthor {}\ncommitter {}\n\nLinux {}\n\nImported by "
                                   "killify: the files of the source tree, without history.\n",
                                   oid_text(tree), kWho, kWho, version),
                       deflater));
  KILLIFY_TRY(base.tag, pack.add(GIT_OBJECT_TAG,
                                 fmt::format("object {}\ntype commit\ntag v{}\ntagger {}\n\nLinux "
                                             "{}\n",
                                             oid_text(base.commit), version, kWho, version),
                                 deflater));
  return base;
}

// The repository around the finished pack, in the work tree `root`.
Status make_repository(const fs::path& root, PackWriter& pack, const BaseCommit& base,
                       const std::string& tag) {
  git_repository_init_options options = GIT_REPOSITORY_INIT_OPTIONS_INIT;
  options.initial_head = "main";
  GitRepository repository;
  if (git_repository_init_ext(receive(repository), root.c_str(), &options) != 0)
    return fail("{}: cannot make a git repository: {}", root.string(), git_message());
  KILLIFY_CHECK(pack.finish(root / ".git" / "objects" / "pack"));
  GitReference reference;
  if (git_reference_create(receive(reference), repository.get(), "refs/heads/main", &base.commit, 0,
                           "killify: import") != 0 ||
      git_reference_create(receive(reference), repository.get(), ("refs/tags/" + tag).c_str(),
                           &base.tag, 0, nullptr) != 0)
    return fail("{}: cannot make the branch and the tag: {}", root.string(), git_message());
  return {};
}

Status check_destination(const fs::path& dest) {
  std::error_code error;
  const fs::file_status there = fs::symlink_status(dest, error);
  if (fs::exists(there) && !(fs::is_directory(there) && fs::is_empty(dest, error)))
    return fail("{}: is there already; give a path that is not", dest.string());
  if (!fs::is_directory(dest.parent_path(), error))
    return fail("{}: no such directory; make it first", dest.parent_path().string());
  return {};
}

bool is_inside(const fs::path& path, const fs::path& directory) {
  std::error_code error;
  const fs::path inner = fs::weakly_canonical(path, error);
  const fs::path outer = fs::weakly_canonical(directory, error);
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

Result<std::unique_ptr<Source>> open_source(const fs::path& source, const fs::path& dest) {
  std::error_code error;
  const fs::file_status there = fs::status(source, error);
  if (!fs::exists(there)) return fail("{}: no such file or directory", source.string());
  if (!fs::is_directory(there)) return open_archive(source);
  if (is_inside(dest, source))
    return fail("{}: is inside of {}; give a path outside", dest.string(), source.string());
  return open_source_directory(source);
}

Result<std::string> version_of(const fs::path& source, const fs::path& root) {
  Result<std::string> version = fail("no Makefile");
  std::error_code error;
  if (fs::is_regular_file(fs::symlink_status(root / "Makefile", error))) {
    KILLIFY_TRY(const std::string makefile, read_file(root / "Makefile"));
    version = kernel_version(makefile);
  }
  int valid = 0;
  if (version && git_reference_name_is_valid(&valid, ("refs/tags/v" + *version).c_str()) == 0 &&
      valid != 0)
    return version;
  return fail(
      "{}: not the source of a kernel: its top has no Makefile with a VERSION and a PATCHLEVEL",
      source.string());
}

}  // namespace

Result<Imported> import_tree(const fs::path& source_path, const fs::path& dest_path,
                             Progress& progress) {
  start_libgit2();
  std::error_code error;
  fs::path dest = fs::absolute(dest_path, error).lexically_normal();
  if (!dest.has_filename()) dest = dest.parent_path();
  KILLIFY_CHECK(check_destination(dest));
  KILLIFY_TRY(const std::unique_ptr<Source> source, open_source(source_path, dest));
  const bool from_directory = fs::is_directory(source_path, error);
  if (from_directory) KILLIFY_CHECK(version_of(source_path, source_path));

  KILLIFY_TRY(const TempDir scratch, TempDir::make(dest.parent_path()));
  const fs::path files = scratch.path() / "files";
  if (!fs::create_directory(files, error))
    return fail("{}: cannot make it: {}", files.string(), error.message());
  KILLIFY_TRY(const FileDescriptor files_directory, open_directory(files));
  KILLIFY_TRY(PackWriter pack, PackWriter::make(scratch.path() / "pack"));

  progress.begin(fmt::format("Importing {}", source_path.filename().string()), source->total());
  Unpacker unpacker(source_path, files_directory.get(), pack);
  KILLIFY_CHECK(unpacker.run(*source, progress));

  const std::vector<FileRecord*> records = unpacker.records();
  const std::string top = from_directory ? "" : unpacker.common_directory();
  const std::size_t depth = top.empty() ? 0 : top.size() + 1;
  const fs::path root = files / top;
  KILLIFY_TRY(const std::string version, version_of(source_path, root));
  const std::string tag = "v" + version;

  Deflater deflater;
  auto first = records.begin();
  KILLIFY_TRY(const git_oid tree, add_tree(first, records.end(), depth, pack, deflater));
  KILLIFY_TRY(const BaseCommit base, add_commit(tree, version, pack, deflater));
  KILLIFY_CHECK(make_repository(root, pack, base, tag));
  std::vector<git_index_entry> entries;
  for (FileRecord* record : records) {
    record->entry.path = record->path.c_str() + depth;
    entries.push_back(record->entry);
  }
  KILLIFY_CHECK(write_index(root / ".git" / "index", entries));
  if (interrupted()) return tl::unexpected<Error>(interrupted_error());

  fs::rename(root, dest, error);
  if (error) return fail("{}: cannot put the tree there: {}", dest.string(), error.message());
  progress.end(fmt::format("{} ({} MiB) of Linux {}", counted(records.size(), "file"),
                           unpacker.bytes() >> 20, version));
  return Imported{oid_text(base.commit), tag, records.size(), unpacker.bytes()};
}

}  // namespace killify
