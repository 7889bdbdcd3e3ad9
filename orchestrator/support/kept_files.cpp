#include "support/kept_files.h"

#include "support/digest.h"
#include "support/files.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace killify {
namespace {

namespace fs = std::filesystem;

// A developer has a few branches, and asks about a few drivers on each.
constexpr std::size_t kKeptOfATree = 8;
constexpr std::size_t kKept = 64;
constexpr std::size_t kDigestSize = 64;

std::optional<std::string> payload_of(std::string_view file, std::string_view magic) {
  if (!file.starts_with(magic) || file.size() < magic.size() + kDigestSize) return std::nullopt;
  const auto digest = file.substr(magic.size(), kDigestSize);
  const auto payload = file.substr(magic.size() + kDigestSize);
  if (sha256(payload) != digest) return std::nullopt;
  return std::string(payload);
}

}  // namespace

std::optional<std::string> KeptFiles::get(const std::string& name) const {
  const auto file = directory_ / name;
  std::error_code error;
  if (!fs::exists(file, error)) return std::nullopt;
  const auto bytes = read_file(file);
  auto payload = bytes ? payload_of(*bytes, magic_) : std::nullopt;
  if (!payload)
    spdlog::warn("{}: damaged; it is made again", file.string());
  else
    fs::last_write_time(file, fs::file_time_type::clock::now(), error);  // it was of use
  return payload;
}

void KeptFiles::put(const std::string& name, const std::string& payload) const {
  const auto written =
      write_file_atomic(directory_ / name, fmt::format("{}{}{}", magic_, sha256(payload), payload));
  if (!written) spdlog::warn("keeping an answer: {}", written.error().message);
  drop_old();
}

void KeptFiles::drop_old() const {
  std::vector<std::pair<fs::file_time_type, fs::path>> files;
  std::error_code error;
  for (fs::directory_iterator entry(directory_, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code gone;  // another killify drops old ones, too
    auto time = entry->last_write_time(gone);
    if (!gone && entry->is_regular_file(gone)) files.emplace_back(time, entry->path());
  }
  std::sort(files.rbegin(), files.rend());
  std::map<std::string, std::size_t> of_tree;
  std::size_t all = 0;
  for (const auto& [time, path] : files)
    if (++of_tree[path.filename().string().substr(0, kTreeDigits)] > kKeptOfATree || ++all > kKept)
      fs::remove(path, error);
}

}  // namespace killify
