#include "tree/pack_writer.h"

#include "support/files.h"
#include "tree/git_handle.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <system_error>

// The format is git's pack version 2 and index version 2 (gitformat-pack): "PACK", version, number
// of objects; per object a header of type and size and the deflated bytes, here without deltas;
// SHA-1 of all that. git_packbuilder would need every object in an odb first, and git_indexer would
// inflate and hash each of them a second time.

namespace killify {

namespace {

constexpr std::size_t kSha1Size = 20;

class Sha1 {
 public:
  Sha1() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    EVP_DigestInit_ex(context_.get(), EVP_sha1(), nullptr);
  }
  void update(std::string_view bytes) {
    EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
  }
  [[nodiscard]] std::string finish() {
    std::array<unsigned char, kSha1Size> digest{};
    EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr);
    return {digest.begin(), digest.end()};
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

template <typename Number>
void append_big_endian(std::string& text, Number number) {
  for (int shift = 8 * (static_cast<int>(sizeof number) - 1); shift >= 0; shift -= 8)
    text += static_cast<char>((number >> shift) & 0xff);
}

// Type and size: four bits of the size beside the type, then seven a byte, lowest first.
std::string object_header(git_object_t type, std::uint64_t size) {
  std::string header;
  std::uint64_t byte = (static_cast<std::uint64_t>(type) << 4) | (size & 0x0f);
  for (size >>= 4; size != 0; size >>= 7) {
    header += static_cast<char>(byte | 0x80);
    byte = size & 0x7f;
  }
  header += static_cast<char>(byte);
  return header;
}

std::string_view raw(const git_oid& id) {
  return {reinterpret_cast<const char*>(id.id), sizeof id.id};
}

}  // namespace

git_oid object_id(git_object_t type, std::string_view bytes) {
  Sha1 sha1;
  sha1.update(fmt::format("{} {}", git_object_type2string(type), bytes.size()));
  sha1.update(std::string_view("\0", 1));
  sha1.update(bytes);
  const std::string digest = sha1.finish();
  git_oid id{};
  std::memcpy(id.id, digest.data(), kSha1Size);
  return id;
}

Deflater::Deflater() {
  // The pack is read far more often than sent: fast to write, half again as large as with the
  // default.
  deflateInit(&stream_, Z_BEST_SPEED);
}

Deflater::~Deflater() {
  deflateEnd(&stream_);
}

std::string_view Deflater::deflate(std::string_view bytes) {
  deflateReset(&stream_);
  out_.resize(std::max<std::size_t>(out_.size(), deflateBound(&stream_, bytes.size())));
  // zlib does not write through next_in; its type is older than const.
  stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream_.avail_in = static_cast<uInt>(bytes.size());
  stream_.next_out = reinterpret_cast<Bytef*>(out_.data());
  stream_.avail_out = static_cast<uInt>(out_.size());
  ::deflate(&stream_, Z_FINISH);
  return {out_.data(), stream_.total_out};
}

Result<PackWriter> PackWriter::make(const std::filesystem::path& pack) {
  FileDescriptor file(::open(pack.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0444));
  if (!file.valid()) return system_failure(pack.string(), "cannot make the pack");
  PackWriter writer(pack, std::move(file));
  // The number of objects is filled in at the end.
  const std::string header("PACK\0\0\0\2\0\0\0\0", 12);
  if (!write_all(writer.file_.get(), header)) return writer.write_failure();
  writer.end_ = header.size();
  return writer;
}

Status PackWriter::add(git_object_t type, const git_oid& id, std::string_view bytes,
                       Deflater& deflater) {
  {
    const std::lock_guard lock(*mutex_);
    if (!claimed_.insert(id).second) return {};
  }
  const std::string_view deflated = deflater.deflate(bytes);
  std::string object = object_header(type, bytes.size());
  object += deflated;
  const auto crc = static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(object.data()), object.size()));

  const std::lock_guard lock(*mutex_);
  if (!write_all(file_.get(), object)) return write_failure();
  objects_.push_back({id, crc, end_});
  end_ += object.size();
  return {};
}

Result<git_oid> PackWriter::add(git_object_t type, std::string_view bytes, Deflater& deflater) {
  const git_oid id = object_id(type, bytes);
  KILLIFY_CHECK(add(type, id, bytes, deflater));
  return id;
}

// Fills in the number of objects, appends the checksum, and sorts for the index.
Status PackWriter::seal() {
  std::string count;
  append_big_endian(count, static_cast<std::uint32_t>(objects_.size()));
  constexpr off_t kCountAt = 8;
  if (::pwrite(file_.get(), count.data(), count.size(), kCountAt) != 4) return write_failure();
  Sha1 sha1;
  std::string chunk(std::size_t{1} << 20, '\0');
  for (std::uint64_t at = 0; at < end_;) {
    const ssize_t got = ::pread(file_.get(), chunk.data(), chunk.size(), static_cast<off_t>(at));
    if (got <= 0) return system_failure(pack_.string(), "cannot read the pack");
    sha1.update({chunk.data(), static_cast<std::size_t>(got)});
    at += static_cast<std::uint64_t>(got);
  }
  trailer_ = sha1.finish();
  if (!write_all(file_.get(), trailer_) || ::fsync(file_.get()) != 0) return write_failure();
  std::sort(objects_.begin(), objects_.end(),
            [](const Object& a, const Object& b) { return OidLess()(a.id, b.id); });
  return {};
}

// Of the objects, which are sorted: how many start with a byte up to N; names; checksums; offsets.
std::string PackWriter::index() const {
  std::string text("\377tOc\0\0\0\2", 8);
  std::array<std::uint32_t, 256> up_to{};
  for (const Object& object : objects_) ++up_to.at(object.id.id[0]);
  std::uint32_t sum = 0;
  for (const std::uint32_t count : up_to) append_big_endian(text, sum += count);
  for (const Object& object : objects_) text += raw(object.id);
  for (const Object& object : objects_) append_big_endian(text, object.crc);
  // An offset of 2 GiB or more stands in a table of its own.
  std::string large;
  for (const Object& object : objects_) {
    constexpr std::uint32_t kLarge = 0x80000000U;
    if (object.offset < kLarge) {
      append_big_endian(text, static_cast<std::uint32_t>(object.offset));
    } else {
      append_big_endian(text, kLarge | static_cast<std::uint32_t>(large.size() / 8));
      append_big_endian(large, object.offset);
    }
  }
  text += large;
  text += trailer_;
  Sha1 sha1;
  sha1.update(text);
  return text + sha1.finish();
}

// The index last: with it, git sees the pack.
Status PackWriter::put(const std::filesystem::path& stem) const {
  const std::string made = pack_.string() + ".idx";
  KILLIFY_CHECK(write_file_atomic(made, index()));
  ::chmod(made.c_str(), 0444);
  std::error_code error;
  std::filesystem::rename(pack_, stem.string() + ".pack", error);
  if (!error) std::filesystem::rename(made, stem.string() + ".idx", error);
  if (error) return fail("{}: cannot move the pack there: {}", stem.string(), error.message());
  return {};
}

Status PackWriter::finish(const std::filesystem::path& directory) {
  KILLIFY_CHECK(seal());
  git_oid checksum{};
  std::memcpy(checksum.id, trailer_.data(), kSha1Size);
  return put(directory / ("pack-" + oid_text(checksum)));
}

Status PackWriter::finish_as(const std::filesystem::path& stem) {
  KILLIFY_CHECK(seal());
  return put(stem);
}

tl::unexpected<Error> PackWriter::write_failure() const {
  return system_failure(pack_.string(), "cannot write the pack");
}

}  // namespace killify
