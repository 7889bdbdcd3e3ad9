#include "series/export_check.h"

#include "facts/function_head.h"
#include "facts/lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace killify {
namespace {

// An exported symbol of some texts: the heads that define it ("long fence_wait(struct fence *f)").
struct Exported {
  std::string file;
  std::set<std::string> heads;
};
using Exports = std::map<std::string, Exported>;  // by name

void add_exports(const std::string& path, const std::string& text, Exports& exports) {
  for (const std::string& name : exports_of(text)) {
    auto [it, added] = exports.try_emplace(name, Exported{path, {}});
    if (!added) continue;
    for (const auto& head : heads_of(text, name))
      if (head.definition)
        it->second.heads.insert(
            one_line(std::string_view(text).substr(head.begin, head.parentheses.end - head.begin)));
  }
}

}  // namespace

std::set<std::string> exports_of(const std::string& text) {
  std::set<std::string> names;
  const auto tokens = tokens_of(text);
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i)
    if (!tokens[i].directive && tokens[i].text.starts_with("EXPORT_SYMBOL") &&
        is_mark(tokens[i + 1], '('))
      names.emplace(tokens[i + 2].text);
  return names;
}

std::vector<LostExport> lost_exports(const std::vector<FileChange>& files,
                                     const std::vector<std::string>& dropped) {
  Exports before;
  Exports after;
  for (const auto& file : files) {
    add_exports(file.path, file.before, before);
    add_exports(file.path, file.after, after);
  }
  std::vector<LostExport> lost;
  for (const auto& [name, was] : before) {
    if (std::ranges::find(dropped, name) != dropped.end()) continue;
    const auto is = after.find(name);
    if (is == after.end())
      lost.push_back({name, fmt::format("{}() is exported no more ({})", name, was.file)});
    else if (is->second.heads != was.heads)
      lost.push_back(
          {name, fmt::format("{}() is exported and has another type ({})", name, was.file)});
  }
  return lost;
}

}  // namespace killify
