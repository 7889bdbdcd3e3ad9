#include "facts/word_index.h"

#include "facts/outline.h"
#include "facts/word_hash.h"
#include "support/digest.h"
#include "support/files.h"
#include "support/parallel.h"

#include <boost/interprocess/file_mapping.hpp>
#include <boost/interprocess/mapped_region.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <mutex>
#include <unordered_map>

namespace killify {
namespace {

namespace fs = std::filesystem;
namespace bi = boost::interprocess;

constexpr std::string_view kMagic = "killify words 3\n";
constexpr std::size_t kDigestSize = 64;
constexpr std::size_t kCounts = kMagic.size() + kDigestSize;  // where they begin
constexpr std::size_t kOidSize = 40;
constexpr unsigned kBlobBits = 24;  // 16 million blobs; a kernel tree has 60,000 C files
constexpr std::uint64_t kBlobMask = (std::uint64_t{1} << kBlobBits) - 1;
// More segments than this and all are merged into one by reading the snapshot again.
constexpr std::size_t kMaxSegments = 12;

// What an entry says of a word: that it stands in a file, or what the file defines by that name.
// Each is a hash of its own, so that all live in one array.
enum class Mark : std::uint64_t { kWord, kExternal, kStatic, kMacro, kStruct };

std::uint64_t entry_hash(std::string_view word, Mark mark) {
  return word_hash(word, static_cast<std::uint64_t>(mark)) & ~kBlobMask;
}

}  // namespace

// A segment file: kMagic, a digest of all that follows, the number of blobs and of entries (64 bits
// each), the entries, the ids.
struct WordSegment {
  bi::file_mapping file;
  bi::mapped_region region;
  const std::uint64_t* entries = nullptr;
  std::size_t entry_count = 0;
  const char* oids = nullptr;
  std::size_t blob_count = 0;

  [[nodiscard]] std::string_view oid(std::size_t blob) const {
    return {oids + blob * kOidSize, kOidSize};
  }
};

namespace {

// Nothing where the file is not a whole segment: it is made again.
std::unique_ptr<WordSegment> map_segment(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return nullptr;
  try {
    auto segment = std::make_unique<WordSegment>();
    segment->file = bi::file_mapping(path.c_str(), bi::read_only);
    segment->region = bi::mapped_region(segment->file, bi::read_only);
    const auto* bytes = static_cast<const char*>(segment->region.get_address());
    auto size = segment->region.get_size();
    constexpr auto kHead = kCounts + 2 * sizeof(std::uint64_t);
    if (size < kHead || std::string_view(bytes, kMagic.size()) != kMagic) return nullptr;
    if (std::string_view(bytes + kMagic.size(), kDigestSize) !=
        sha256(std::string_view(bytes + kCounts, size - kCounts)))
      return nullptr;
    std::uint64_t counts[2];
    std::memcpy(counts, bytes + kCounts, sizeof counts);
    if (counts[0] > kBlobMask || counts[1] > size) return nullptr;
    if (size != kHead + counts[1] * sizeof(std::uint64_t) + counts[0] * kOidSize) return nullptr;
    segment->blob_count = counts[0];
    segment->entry_count = counts[1];
    segment->entries = reinterpret_cast<const std::uint64_t*>(bytes + kHead);  // aligned
    segment->oids = bytes + kHead + counts[1] * sizeof(std::uint64_t);
    return segment;
  } catch (const bi::interprocess_exception&) {
    return nullptr;
  }
}
static_assert(kCounts % sizeof(std::uint64_t) == 0);

bool is_of_another_version(const fs::path& path) {
  std::error_code error;
  std::string begin(kMagic.size(), '\0');
  if (!fs::is_regular_file(path, error)) return false;
  std::ifstream(path, std::ios::binary)
      .read(begin.data(), static_cast<std::streamsize>(begin.size()));
  return begin.starts_with(kMagic.substr(0, kMagic.rfind(' '))) && begin != kMagic;
}

// The distinct entries of one text after another.
class Collector {
 public:
  Collector() : table_(std::size_t{1} << 13) {}

  void add_text(std::string_view text, std::uint64_t blob) {
    first_ = entries_.size();
    blob_ = blob;
    Outliner outliner;
    Token before, token;
    bool define = false;     // `before` is the name behind #define
    bool is_struct = false;  // `before` is the name behind struct
    for (Lexer lexer(text); lexer.next(token); before = token) {
      if (!token.directive) outliner.take(token);
      if (!is_word(token)) {
        if (define && is_mark(token, '(') &&
            token.text.data() == before.text.data() + before.text.size())
          add(entry_hash(before.text, Mark::kMacro));
        if (is_struct && is_mark(token, '{')) add(entry_hash(before.text, Mark::kStruct));
        define = is_struct = false;
        continue;
      }
      if (token.text.size() > 1) add(entry_hash(token.text, Mark::kWord));
      define = token.directive && before.text == "define";
      is_struct = before.text == "struct";
    }
    for (const auto& function : outliner.finish())
      add(entry_hash(function.name, function.is_static ? Mark::kStatic : Mark::kExternal));
  }

  [[nodiscard]] const std::vector<std::uint64_t>& entries() const { return entries_; }

 private:
  // A slot with another text's entry is free: nothing has to be cleared between two texts.
  void add(std::uint64_t hash) {
    auto entry = hash | blob_;
    auto slot = entry >> 32 & (table_.size() - 1);
    for (; (table_[slot] & kBlobMask) == blob_ && table_[slot] != 0;
         slot = (slot + 1) & (table_.size() - 1))
      if (table_[slot] == entry) return;
    table_[slot] = entry;
    entries_.push_back(entry);
    if (entries_.size() - first_ > table_.size() / 2) grow();
  }

  void grow() {
    table_.assign(table_.size() * 4, 0);
    auto known = std::vector<std::uint64_t>(entries_.begin() + static_cast<std::ptrdiff_t>(first_),
                                            entries_.end());
    entries_.resize(first_);
    for (auto entry : known) add(entry & ~kBlobMask);
  }

  std::vector<std::uint64_t> table_;  // open addressing, a power of two
  std::vector<std::uint64_t> entries_;
  std::size_t first_ = 0;  // of the text at hand
  std::uint64_t blob_ = 0;
};

// All entries, by their upper bits: each bucket is sorted by itself, so that all workers can.
class Buckets {
 public:
  void add(const std::vector<std::uint64_t>& entries) {
    std::lock_guard lock(mutex_);
    for (auto entry : entries) buckets_[entry >> (64 - kBits)].push_back(entry);
  }

  [[nodiscard]] Status sort(unsigned jobs) {
    return parallel_for(buckets_.size(), jobs, [this](std::size_t i) -> Status {
      std::sort(buckets_[i].begin(), buckets_[i].end());
      return {};
    });
  }

  [[nodiscard]] std::uint64_t size() const {
    std::uint64_t sum = 0;
    for (const auto& bucket : buckets_) sum += bucket.size();
    return sum;
  }

  // Gives the entries away.
  void append_to(std::string& bytes) {
    for (auto& bucket : buckets_) {
      bytes.append(reinterpret_cast<const char*>(bucket.data()),
                   bucket.size() * sizeof(std::uint64_t));
      std::vector<std::uint64_t>().swap(bucket);
    }
  }

 private:
  static constexpr unsigned kBits = 8;
  std::mutex mutex_;
  std::array<std::vector<std::uint64_t>, std::size_t{1} << kBits> buckets_;
};

Status write_segment(const Repository& repository, const std::vector<Oid>& blobs,
                     const fs::path& directory, unsigned jobs, Progress& progress) {
  // Slices small enough for live progress, large enough not to matter.
  constexpr std::size_t kSlice = 256;
  auto buckets = std::make_unique<Buckets>();
  std::atomic<std::size_t> done = 0;
  progress.begin("Indexing words", blobs.size());
  auto slices = (blobs.size() + kSlice - 1) / kSlice;
  KILLIFY_CHECK(parallel_for(slices, jobs, [&](std::size_t slice) -> Status {
    Collector collector;
    auto end = std::min(blobs.size(), (slice + 1) * kSlice);
    for (auto i = slice * kSlice; i < end; ++i) {
      KILLIFY_TRY(auto text, repository.read_blob(blobs[i]));
      collector.add_text(text, i);
    }
    buckets->add(collector.entries());
    progress.advance(done += end - slice * kSlice, "");
    return {};
  }));
  KILLIFY_CHECK(buckets->sort(jobs));
  std::string bytes(kMagic);
  bytes.append(kDigestSize, '0');
  std::uint64_t counts[2] = {blobs.size(), buckets->size()};
  bytes.reserve(bytes.size() + sizeof counts + counts[1] * sizeof(std::uint64_t) +
                blobs.size() * kOidSize);
  bytes.append(reinterpret_cast<const char*>(counts), sizeof counts);
  buckets->append_to(bytes);
  std::string all_oids;
  for (const auto& blob : blobs) all_oids += blob;
  bytes += all_oids;
  bytes.replace(kMagic.size(), kDigestSize, sha256(std::string_view(bytes).substr(kCounts)));
  KILLIFY_CHECK(write_file_atomic(directory / (sha256(all_oids).substr(0, 16) + ".words"), bytes));
  progress.end(fmt::format("{} files", blobs.size()));
  return {};
}

void sort_by_path(std::vector<const TreeEntry*>& files) {
  std::sort(files.begin(), files.end(),
            [](const TreeEntry* a, const TreeEntry* b) { return a->path < b->path; });
}

}  // namespace

struct WordIndex::State {
  std::vector<std::unique_ptr<WordSegment>> segments;
  // For each segment, the snapshot's files of each blob.
  std::vector<std::vector<std::vector<const TreeEntry*>>> files;
  std::size_t file_count = 0;

  void load(const fs::path& directory) {
    segments.clear();
    std::error_code error;
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(directory, error))
      if (entry.path().extension() == ".words") paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    for (const auto& path : paths) {
      if (auto segment = map_segment(path)) {
        segments.push_back(std::move(segment));
      } else {
        if (!is_of_another_version(path))
          spdlog::warn("{}: damaged; it is made again", path.string());
        fs::remove(path, error);
      }
    }
  }

  // Assigns each of the snapshot's blobs to the first segment that has it; what is left is
  // returned, in the order of the paths: a pack has neighbours side by side, so that it is read
  // from one end to the other.
  std::vector<Oid> assign(const Snapshot& snapshot) {
    std::unordered_map<std::string_view, std::vector<const TreeEntry*>> wanted;
    file_count = 0;
    for (const auto& entry : snapshot.entries) {
      if (!is_c_source(entry.path)) continue;
      wanted[entry.blob].push_back(&entry);
      ++file_count;
    }
    files.assign(segments.size(), {});
    for (std::size_t s = 0; s < segments.size(); ++s) {
      files[s].resize(segments[s]->blob_count);
      for (std::size_t blob = 0; blob < segments[s]->blob_count; ++blob) {
        auto it = wanted.find(segments[s]->oid(blob));
        if (it == wanted.end()) continue;
        files[s][blob] = std::move(it->second);
        wanted.erase(it);
      }
    }
    std::vector<Oid> missing;
    missing.reserve(wanted.size());
    for (const auto& entry : snapshot.entries)
      if (wanted.erase(entry.blob) > 0) missing.emplace_back(entry.blob);
    return missing;
  }

  // The files of an entry, sorted by path.
  [[nodiscard]] std::vector<const TreeEntry*> find(std::uint64_t hash) const {
    std::vector<const TreeEntry*> found;
    for (std::size_t s = 0; s < segments.size(); ++s) {
      const auto* end = segments[s]->entries + segments[s]->entry_count;
      for (const auto* entry = std::lower_bound(segments[s]->entries, end, hash);
           entry != end && (*entry & ~kBlobMask) == hash; ++entry) {
        const auto& same = files[s][*entry & kBlobMask];
        found.insert(found.end(), same.begin(), same.end());
      }
    }
    sort_by_path(found);
    return found;
  }
};

WordIndex::WordIndex(std::unique_ptr<State> state) : state_(std::move(state)) {}
WordIndex::WordIndex(WordIndex&&) noexcept = default;
WordIndex& WordIndex::operator=(WordIndex&&) noexcept = default;
WordIndex::~WordIndex() = default;

Result<WordIndex> WordIndex::open(const Repository& repository, const Snapshot& snapshot,
                                  const fs::path& directory, unsigned jobs, Progress& progress) {
  std::error_code error;
  fs::create_directories(directory, error);
  auto state = std::make_unique<State>();
  state->load(directory);
  auto missing = state->assign(snapshot);
  if (!missing.empty()) {
    // Two runs that miss the same blobs: the second waits and then finds them there.
    KILLIFY_TRY(auto lock, FileLock::wait(directory / "lock"));
    state->load(directory);
    missing = state->assign(snapshot);
    if (!missing.empty() && state->segments.size() >= kMaxSegments) {
      state->segments.clear();
      for (const auto& entry : fs::directory_iterator(directory, error))
        if (entry.path().extension() == ".words") fs::remove(entry.path(), error);
      missing = state->assign(snapshot);
    }
    if (!missing.empty()) {
      KILLIFY_CHECK(write_segment(repository, missing, directory, jobs, progress));
      state->load(directory);
      missing = state->assign(snapshot);
      if (!missing.empty())
        return fail("{}: the word index just written is not there; is the disk full?",
                    directory.string());
    }
  }
  return WordIndex(std::move(state));
}

std::vector<const TreeEntry*> WordIndex::files_with(std::string_view word) const {
  return state_->find(entry_hash(word, Mark::kWord));
}

std::vector<const TreeEntry*> WordIndex::files_defining(Definition what,
                                                        std::string_view name) const {
  switch (what) {
    case Definition::kMacro:
      return state_->find(entry_hash(name, Mark::kMacro));
    case Definition::kStruct:
      return state_->find(entry_hash(name, Mark::kStruct));
    case Definition::kFunction:
      break;
  }
  auto found = state_->find(entry_hash(name, Mark::kStatic));
  std::erase_if(found, [](const TreeEntry* entry) { return !entry->path.ends_with(".h"); });
  auto external = state_->find(entry_hash(name, Mark::kExternal));
  found.insert(found.end(), external.begin(), external.end());
  sort_by_path(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

std::vector<const TreeEntry*> WordIndex::files_with_any(
    const std::vector<std::string>& words) const {
  std::vector<const TreeEntry*> found;
  for (const auto& word : words) {
    auto files = files_with(word);
    found.insert(found.end(), files.begin(), files.end());
  }
  sort_by_path(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

std::size_t WordIndex::files() const {
  return state_->file_count;
}

bool is_c_source(std::string_view path) {
  return path.ends_with(".c") || path.ends_with(".h");
}

}  // namespace killify
