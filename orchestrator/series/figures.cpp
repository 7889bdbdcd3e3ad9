#include "series/figures.h"

#include "facts/function_head.h"
#include "facts/lexer.h"
#include "facts/outline.h"
#include "series/export_check.h"
#include "tree/text_diff.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace killify {
namespace {

struct Symbols {
  std::map<std::string, std::set<std::string>> functions;  // the parameters of each definition
  std::set<std::string> exports;
};

Symbols symbols_of(const std::string& text) {
  Symbols symbols;
  for (const FunctionExtent& function : function_extents(tokens_of(text)))
    for (const FunctionHead& head : heads_of(text, function.name))
      if (head.definition)
        symbols.functions[function.name].insert(one_line(std::string_view(text).substr(
            head.parentheses.begin, head.parentheses.end - head.parentheses.begin)));
  symbols.exports = exports_of(text);
  return symbols;
}

void add_symbols(const FileChange& file, Figures& figures) {
  const Symbols before = symbols_of(file.before);
  const Symbols after = symbols_of(file.after);
  for (const auto& [name, parameters] : after.functions) {
    const auto was = before.functions.find(name);
    if (was == before.functions.end())
      ++figures.functions;
    else if (was->second != parameters)
      ++figures.signatures;
  }
  for (const std::string& name : after.exports)
    if (!before.exports.contains(name)) ++figures.exports;
}

bool is_covered(const Finding& finding, const Changes& changes) {
  const auto planned = changes.planned.find(finding.id);
  return planned != changes.planned.end() && (planned->second.kind == Planned::Kind::kConverted ||
                                              planned->second.kind == Planned::Kind::kThreaded);
}

}  // namespace

Result<Figures> figures_of(const Changes& changes, const std::vector<Finding>& audited,
                           const Strategy* strategy) {
  Figures figures;
  figures.strategy = strategy != nullptr ? strategy->name : kThreadStrategy;
  figures.prompt = strategy != nullptr && strategy->prompt;
  figures.commits = changes.changes.size();
  std::vector<FileChange> all;
  for (const Change& change : changes.changes)
    all.insert(all.end(), change.files.begin(), change.files.end());
  for (const FileChange& file : merged(all)) {
    ++figures.files;
    KILLIFY_TRY(const DiffStat stat, diff_stat(file.before, file.after));
    figures.lines_added += stat.insertions;
    figures.lines_removed += stat.deletions;
    add_symbols(file, figures);
  }
  std::map<std::pair<std::string, std::string>, bool> handlers;  // whether all are covered
  for (const Finding& finding : audited) {
    if (is_settled(finding)) continue;
    const bool covered = strategy != nullptr || is_covered(finding, changes);
    Share& share = finding.verdict == Verdict::kReview ? figures.open : figures.certain;
    ++share.whole;
    if (covered) ++share.part;
    auto [it, added] =
        handlers.try_emplace({finding.handler.file, finding.handler.function}, covered);
    it->second = it->second && covered;
  }
  figures.handlers.whole = handlers.size();
  for (const auto& [handler, covered] : handlers)
    if (covered) ++figures.handlers.part;
  return figures;
}

}  // namespace killify
