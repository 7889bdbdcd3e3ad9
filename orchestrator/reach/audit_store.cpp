#include "reach/audit_store.h"

#include "support/digest.h"
#include "support/files.h"
#include "support/text.h"

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace killify {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// A developer has a few branches, and asks about a few drivers on each.
constexpr std::size_t kKeptOfATree = 8;
constexpr std::size_t kKept = 64;
constexpr std::size_t kTreeDigits = 16;  // of the tree's id, in front of a file's name
constexpr std::string_view kMagic = "killify audit 1\n";
constexpr std::size_t kDigestSize = 64;

// The members of each struct, for both directions. A binding names them all: one that is added to
// a struct does not compile until it is kept, too.
template <typename T>
auto members(T& value) {
  using Struct = std::remove_const_t<T>;
  if constexpr (std::is_same_v<Struct, Handler>) {
    auto& [a, b, c, d, e, f, g] = value;
    return std::tie(a, b, c, d, e, f, g);
  } else if constexpr (std::is_same_v<Struct, Hop>) {
    auto& [a, b, c, d, e, f] = value;
    return std::tie(a, b, c, d, e, f);
  } else if constexpr (std::is_same_v<Struct, SinkCall>) {
    auto& [a, b, c, d, e] = value;
    return std::tie(a, b, c, d, e);
  } else if constexpr (std::is_same_v<Struct, Finding>) {
    auto& [a, b, c, d, e, f, g, h, i, j, k] = value;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k);
  } else if constexpr (std::is_same_v<Struct, LineRange> || std::is_same_v<Struct, LostLines>) {
    auto& [a, b] = value;
    return std::tie(a, b);
  } else if constexpr (std::is_same_v<Struct, Coverage>) {
    auto& [a, b, c, d, e, f, g, h] = value;
    return std::tie(a, b, c, d, e, f, g, h);
  } else {
    static_assert(std::is_same_v<Struct, Audit>);
    auto& [a, b, c] = value;
    return std::tie(a, b, c);
  }
}

json kept(const std::string& text) {
  return text;
}
json kept(int number) {
  return number;
}
json kept(std::size_t number) {
  return number;
}
json kept(Verdict verdict) {
  return static_cast<int>(verdict);
}
template <typename T>
json kept(const std::vector<T>& values);
template <typename T>
requires std::is_aggregate_v<T> json kept(const T& value) {
  return std::apply([](const auto&... member) { return json::array({kept(member)...}); },
                    members(value));
}
template <typename T>
json kept(const std::vector<T>& values) {
  auto array = json::array();
  for (const auto& value : values) array.push_back(kept(value));
  return array;
}

// These throw what nlohmann::json throws where the shape is another.
void restore(const json& from, std::string& text) {
  text = from.get_ref<const std::string&>();
}
void restore(const json& from, int& number) {
  number = from.get<int>();
}
void restore(const json& from, std::size_t& number) {
  number = from.get<std::size_t>();
}
void restore(const json& from, Verdict& verdict) {
  verdict = static_cast<Verdict>(from.get<int>());
}
template <typename T>
void restore(const json& from, std::vector<T>& values);
template <typename T>
requires std::is_aggregate_v<T>
void restore(const json& from, T& value) {
  std::size_t at = 0;
  std::apply([&](auto&... member) { (restore(from.at(at++), member), ...); }, members(value));
}
template <typename T>
void restore(const json& from, std::vector<T>& values) {
  values.resize(from.size());
  for (std::size_t i = 0; i < values.size(); ++i) restore(from.at(i), values[i]);
}

std::optional<Audit> audit_from(std::string_view file) {
  if (!file.starts_with(kMagic) || file.size() < kMagic.size() + kDigestSize) return std::nullopt;
  auto digest = file.substr(kMagic.size(), kDigestSize);
  auto payload = file.substr(kMagic.size() + kDigestSize);
  if (sha256(payload) != digest) return std::nullopt;
  try {
    Audit audit;
    restore(json::from_cbor(payload), audit);
    return audit;
  } catch (const json::exception&) {
    return std::nullopt;  // the digest is right: written by another layout of the structs
  }
}

}  // namespace

Result<std::string> audit_key(const AuditInputs& inputs) {
  auto paths = inputs.paths;
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> parts{inputs.tree, inputs.spatch_version, inputs.build,
                                 join(paths, std::string_view("\0", 1))};
  for (const auto& file : inputs.files) {
    KILLIFY_TRY(auto text, read_file(file));
    parts.push_back(sha256(text));
  }
  return fmt::format("{}-{}", inputs.tree.substr(0, kTreeDigits), sha256(join(parts, "\n")));
}

std::optional<Audit> AuditStore::get(const std::string& key) const {
  auto file = directory_ / key;
  std::error_code error;
  if (!fs::exists(file, error)) return std::nullopt;
  auto bytes = read_file(file);
  auto audit = bytes ? audit_from(*bytes) : std::nullopt;
  if (!audit)
    spdlog::warn("{}: damaged; auditing again", file.string());
  else
    fs::last_write_time(file, fs::file_time_type::clock::now(), error);  // it was of use
  return audit;
}

void AuditStore::put(const std::string& key, const Audit& audit) const {
  if (audit.coverage.unanswered > 0) return;
  std::string payload;
  json::to_cbor(kept(audit), payload);
  auto written =
      write_file_atomic(directory_ / key, fmt::format("{}{}{}", kMagic, sha256(payload), payload));
  if (!written) spdlog::warn("keeping the audit: {}", written.error().message);
  drop_old();
}

void AuditStore::drop_old() const {
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
