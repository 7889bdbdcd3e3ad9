#include "reach/audit_store.h"

#include "support/digest.h"
#include "support/files.h"
#include "support/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace killify {
namespace {

using nlohmann::json;

constexpr std::string_view kMagic = "killify audit 1\n";

// The members of each struct, for both directions. A binding names them all: one that is added to
// a struct does not compile until it is kept, too.
template <typename T>
auto members(T& value) {
  using Struct = std::remove_const_t<T>;
  if constexpr (std::is_same_v<Struct, Handler>) {
    auto& [a, b, c, d, e, f, g, h] = value;
    return std::tie(a, b, c, d, e, f, g, h);
  } else if constexpr (std::is_same_v<Struct, Hop>) {
    auto& [a, b, c, d, e, f] = value;
    return std::tie(a, b, c, d, e, f);
  } else if constexpr (std::is_same_v<Struct, SinkCall>) {
    auto& [a, b, c, d, e] = value;
    return std::tie(a, b, c, d, e);
  } else if constexpr (std::is_same_v<Struct, Finding>) {
    auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = value;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n);
  } else if constexpr (std::is_same_v<Struct, Note>) {
    auto& [a, b, c, d, e, f, g, h] = value;
    return std::tie(a, b, c, d, e, f, g, h);
  } else if constexpr (std::is_same_v<Struct, LineRange> || std::is_same_v<Struct, LostLines>) {
    auto& [a, b] = value;
    return std::tie(a, b);
  } else if constexpr (std::is_same_v<Struct, Coverage>) {
    auto& [a, b, c, d, e, f, g, h, i, j, k] = value;
    return std::tie(a, b, c, d, e, f, g, h, i, j, k);
  } else if constexpr (std::is_same_v<Struct, UnresolvedCall>) {
    auto& [a, b, c, d, e, f, g] = value;
    return std::tie(a, b, c, d, e, f, g);
  } else {
    static_assert(std::is_same_v<Struct, Audit>);
    auto& [a, b, c, d] = value;
    return std::tie(a, b, c, d);
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
json kept(bool truth) {
  return truth;
}
template <typename T>
requires std::is_enum_v<T> json kept(T value) {
  return static_cast<int>(value);
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
void restore(const json& from, bool& truth) {
  truth = from.get<bool>();
}
template <typename T>
requires std::is_enum_v<T>
void restore(const json& from, T& value) {
  value = static_cast<T>(from.get<int>());
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

std::optional<Audit> audit_from(std::string_view payload) {
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

AuditStore::AuditStore(std::filesystem::path directory) : files_(std::move(directory), kMagic) {}

std::optional<Audit> AuditStore::get(const std::string& key) const {
  const auto payload = files_.get(key);
  return payload ? audit_from(*payload) : std::nullopt;
}

void AuditStore::put(const std::string& key, const Audit& audit) const {
  if (audit.coverage.unanswered > 0) return;
  std::string payload;
  json::to_cbor(kept(audit), payload);
  files_.put(key, payload);
}

}  // namespace killify
