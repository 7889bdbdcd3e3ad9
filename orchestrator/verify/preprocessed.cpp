#include "verify/preprocessed.h"

#include "support/text.h"
#include "verify/source_shape.h"

#include <cctype>
#include <charconv>
#include <unordered_map>

namespace killify {
namespace {

namespace fs = std::filesystem;

struct Marker {
  int line = 0;
  std::string_view file;
  bool returns = false;  // from an #include
};

// # 12 "file.h" 2
bool read_marker(std::string_view text, Marker& marker) {
  if (!text.starts_with("# ")) return false;
  const char* end = text.data() + text.size();
  const auto [after, error] = std::from_chars(text.data() + 2, end, marker.line);
  if (error != std::errc()) return false;
  const std::size_t open = text.find('"');
  const std::size_t close = text.rfind('"');
  if (open == text.npos || open == close) return false;
  marker.file = text.substr(open + 1, close - open - 1);
  marker.returns = text.substr(close + 1).starts_with(" 2");
  return true;
}

// The macro that a "#define" line defines; "" for any other line.
std::string_view defined_by(std::string_view line) {
  constexpr std::string_view kDefine = "#define ";
  if (!line.starts_with(kDefine)) return {};
  line.remove_prefix(kDefine.size());
  std::size_t end = 0;
  while (end < line.size() && in_word(line[end])) ++end;
  return line.substr(0, end);
}

}  // namespace

Preprocessed::Preprocessed(std::string_view output, const fs::path& source,
                           const fs::path& directory)
    : text_(without_comments(output)) {
  // A header comes back to its includer often; a path is made plain once.
  std::unordered_map<std::string_view, std::set<int>*> known;
  const auto lines_in = [&](std::string_view name) {
    const auto [entry, added] = known.try_emplace(name, nullptr);
    if (added) {
      const fs::path path = (directory / name).lexically_normal();
      const fs::path below = path.lexically_relative(source);
      const bool inside = !below.empty() && *below.begin() != "..";
      entry->second = &lines_[inside ? below.string() : path.string()];
    }
    return entry->second;
  };

  std::set<int>* lines = nullptr;
  int line = 0;
  const std::string_view text = text_;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view one = text.substr(at, end - at);
    at = end + 1;
    if (Marker marker; read_marker(one, marker)) {
      line = marker.line;
      lines = lines_in(marker.file);
      // The #include itself came through.
      if (marker.returns) lines->insert(line - 1);
      continue;
    }
    if (lines != nullptr && !trim(one).empty()) lines->insert(line);
    ++line;
  }
}

const std::set<int>* Preprocessed::lines_of(const std::string& file) const {
  const auto found = lines_.find(file);
  return found == lines_.end() ? nullptr : &found->second;
}

bool Preprocessed::uses(const std::string& macro) const {
  const std::string_view text = text_;
  std::set<std::string, std::less<>> asked{macro};
  std::vector<std::string> open{macro};
  while (!open.empty()) {
    const std::string name = std::move(open.back());
    open.pop_back();
    for (std::size_t at = text.find(name); at != text.npos; at = text.find(name, at + 1)) {
      const std::size_t after = at + name.size();
      if ((at > 0 && in_word(text[at - 1])) || (after < text.size() && in_word(text[after])))
        continue;
      const std::size_t start = text.rfind('\n', at) + 1;  // npos + 1 is 0
      const std::string_view line = text.substr(start, text.find('\n', at) - start);
      if (!line.starts_with('#')) return true;
      const std::string_view user = defined_by(line);
      if (!user.empty() && asked.emplace(user).second) open.emplace_back(user);
    }
  }
  return false;
}

}  // namespace killify
