#include "verify/line_coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace killify {
namespace {

// Which groups of a file came through: a group's lines do together or not at all, so that one that
// did speaks for all.
std::vector<bool> live_groups(const SourceShape& shape, const std::set<int>& seen) {
  std::vector<bool> live(shape.groups.size(), false);
  live.at(0) = true;  // the file was read
  for (const int line : seen) {
    if (line < 1 || static_cast<std::size_t>(line) > shape.lines.size()) continue;
    const SourceLine& entry = shape.line(line);
    if (entry.kind == LineKind::kConditional) continue;
    for (std::size_t group = entry.group; group != 0; group = shape.groups[group].parent)
      live[group] = true;
  }
  return live;
}

// The outermost group around `group` that did not come through.
const SourceGroup& cutting_group(const SourceShape& shape, const std::vector<bool>& live,
                                 std::size_t group) {
  const SourceGroup* cutting = &shape.groups[group];
  for (; group != 0; group = shape.groups[group].parent)
    if (!live[group]) cutting = &shape.groups[group];
  return *cutting;
}

}  // namespace

FileLines lines_seen(const ChangedCode& code, const std::vector<const Preprocessed*>& objects) {
  const SourceShape& shape = code.shape;
  FileLines result{code.path, {}, {}};
  struct Reader {
    const Preprocessed* object;
    std::vector<bool> live;
  };
  std::vector<Reader> readers;
  for (const Preprocessed* object : objects)
    if (const auto* seen = object->lines_of(code.path))
      readers.push_back({object, live_groups(shape, *seen)});
  if (readers.empty()) return result;

  for (const int line : code.lines) {
    const SourceLine& entry = shape.line(line);
    const auto sees = [&](const Reader& reader) { return reader.live[entry.group]; };
    if (std::ranges::none_of(readers, sees)) {
      const SourceGroup& group = cutting_group(shape, readers.front().live, entry.group);
      result.cut.push_back({line, fmt::format("cut by {} (line {})", group.condition, group.line)});
    } else if (entry.kind == LineKind::kDefine &&
               std::ranges::none_of(readers, [&](const Reader& reader) {
                 return sees(reader) && reader.object->uses(entry.macro);
               })) {
      result.cut.push_back({line, fmt::format("no built object uses the macro {}", entry.macro)});
    } else {
      result.compiled.push_back(line);
    }
  }
  return result;
}

}  // namespace killify
