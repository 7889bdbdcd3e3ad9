#include "facts/word_index.h"

#include "facts/lexer.h"
#include "support/digest.h"
#include "support/files.h"
#include "support/parallel.h"

#include <boost/interprocess/file_mapping.hpp>
#include <boost/interprocess/mapped_region.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <unordered_map>

namespace killify {
namespace {

namespace fs = std::filesystem;
namespace bi = boost::interprocess;

constexpr std::string_view kMagic = "killify words 1\n";
constexpr std::size_t kOidSize = 40;
constexpr unsigned kBlobBits = 24;  // 16 million blobs; a kernel tree has 60,000 C files
constexpr std::uint64_t kBlobMask = (std::uint64_t{1} << kBlobBits) - 1;
// More segments than this and all are merged into one by reading the snapshot again.
constexpr std::size_t kMaxSegments = 12;

// FNV-1a, its upper 40 bits in place.
std::uint64_t word_hash(std::string_view word) {
  std::uint64_t hash = 14695981039346656037U;
  for (char c : word) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  hash ^= hash >> 29;
  return hash << kBlobBits;
}

// A segment file: kMagic, the number of blobs and of entries (64 bits each), the entries, the ids.
struct Segment {
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

// Nothing where the file is not a whole segment: it is made again.
std::unique_ptr<Segment> map_segment(const fs::path& path) {
  try {
    auto segment = std::make_unique<Segment>();
    segment->file = bi::file_mapping(path.c_str(), bi::read_only);
    segment->region = bi::mapped_region(segment->file, bi::read_only);
    const auto* bytes = static_cast<const char*>(segment->region.get_address());
    auto size = segment->region.get_size();
    auto head = kMagic.size() + 2 * sizeof(std::uint64_t);
    if (size < head || std::string_view(bytes, kMagic.size()) != kMagic) return nullptr;
    std::uint64_t counts[2];
    std::memcpy(counts, bytes + kMagic.size(), sizeof counts);
    if (counts[0] > kBlobMask || counts[1] > size) return nullptr;
    if (size != head + counts[1] * sizeof(std::uint64_t) + counts[0] * kOidSize) return nullptr;
    segment->blob_count = counts[0];
    segment->entry_count = counts[1];
    // The head is 32 bytes, so that the entries are aligned.
    segment->entries = reinterpret_cast<const std::uint64_t*>(bytes + head);
    segment->oids = bytes + head + counts[1] * sizeof(std::uint64_t);
    return segment;
  } catch (const bi::interprocess_exception&) {
    return nullptr;
  }
}
static_assert((kMagic.size() + 2 * sizeof(std::uint64_t)) % sizeof(std::uint64_t) == 0);

// The distinct words of a text, as entries of blob number `blob`.
void add_words(std::string_view text, std::uint64_t blob, std::vector<std::uint64_t>& entries) {
  auto first = static_cast<std::ptrdiff_t>(entries.size());
  Lexer lexer(text);
  for (Token token; lexer.next(token);)
    if (token.kind == Token::Kind::kWord && token.text.size() > 1)
      entries.push_back(word_hash(token.text) | blob);
  std::sort(entries.begin() + first, entries.end());
  entries.erase(std::unique(entries.begin() + first, entries.end()), entries.end());
}

Status write_segment(const Repository& repository, const std::vector<Oid>& blobs,
                     const fs::path& directory, unsigned jobs, Progress& progress) {
  // Slices small enough for live progress, large enough not to matter.
  constexpr std::size_t kSlice = 256;
  std::vector<std::uint64_t> entries;
  std::mutex mutex;
  std::atomic<std::size_t> done = 0;
  progress.begin("Indexing words", blobs.size());
  auto slices = (blobs.size() + kSlice - 1) / kSlice;
  KILLIFY_CHECK(parallel_for(slices, jobs, [&](std::size_t slice) -> Status {
    std::vector<std::uint64_t> found;
    auto end = std::min(blobs.size(), (slice + 1) * kSlice);
    for (auto i = slice * kSlice; i < end; ++i) {
      KILLIFY_TRY(auto text, repository.read_blob(blobs[i]));
      add_words(text, i, found);
    }
    {
      std::lock_guard lock(mutex);
      entries.insert(entries.end(), found.begin(), found.end());
    }
    progress.advance(done += end - slice * kSlice, "");
    return {};
  }));
  std::sort(entries.begin(), entries.end());
  std::string bytes(kMagic);
  std::uint64_t counts[2] = {blobs.size(), entries.size()};
  bytes.reserve(bytes.size() + sizeof counts + entries.size() * sizeof(std::uint64_t) +
                blobs.size() * kOidSize);
  bytes.append(reinterpret_cast<const char*>(counts), sizeof counts);
  bytes.append(reinterpret_cast<const char*>(entries.data()),
               entries.size() * sizeof(std::uint64_t));
  std::string all_oids;
  for (const auto& blob : blobs) all_oids += blob;
  bytes += all_oids;
  KILLIFY_CHECK(write_file_atomic(directory / (sha256(all_oids).substr(0, 16) + ".words"), bytes));
  progress.end(fmt::format("{} files", blobs.size()));
  return {};
}

}  // namespace

struct WordIndex::State {
  std::vector<std::unique_ptr<Segment>> segments;
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
      if (auto segment = map_segment(path))
        segments.push_back(std::move(segment));
      else
        fs::remove(path, error);
    }
  }

  // Assigns each of the snapshot's blobs to the first segment that has it; what is left is
  // returned.
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
    for (const auto& [blob, entries] : wanted) missing.emplace_back(blob);
    std::sort(missing.begin(), missing.end());
    return missing;
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
  std::vector<const TreeEntry*> found;
  auto hash = word_hash(word);
  for (std::size_t s = 0; s < state_->segments.size(); ++s) {
    const auto& segment = *state_->segments[s];
    const auto* end = segment.entries + segment.entry_count;
    for (const auto* entry = std::lower_bound(segment.entries, end, hash);
         entry != end && (*entry & ~kBlobMask) == hash; ++entry) {
      const auto& files = state_->files[s][*entry & kBlobMask];
      found.insert(found.end(), files.begin(), files.end());
    }
  }
  std::sort(found.begin(), found.end(),
            [](const TreeEntry* a, const TreeEntry* b) { return a->path < b->path; });
  return found;
}

std::vector<const TreeEntry*> WordIndex::files_with_any(
    const std::vector<std::string>& words) const {
  std::vector<const TreeEntry*> found;
  for (const auto& word : words) {
    auto files = files_with(word);
    found.insert(found.end(), files.begin(), files.end());
  }
  std::sort(found.begin(), found.end(),
            [](const TreeEntry* a, const TreeEntry* b) { return a->path < b->path; });
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
