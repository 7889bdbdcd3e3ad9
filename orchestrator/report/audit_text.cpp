#include "report/audit_text.h"

#include "reach/relevant.h"
#include "report/ranking.h"
#include "report/verdict_text.h"
#include "support/text.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

namespace killify {
namespace {

constexpr std::string_view kIndent = "  ";
constexpr std::string_view kGap = "  ";
constexpr std::size_t kNarrowest = 12;     // a name cut shorter than this tells nothing
constexpr std::size_t kReasonIndent = 6;   // of a reason below its lines
constexpr std::size_t kReasonNarrow = 40;  // prose in fewer columns is no longer read

// The columns of the table. Where the terminal is narrow the place of a sleep goes below it, then
// names are shortened.
enum Column : std::size_t { kHandler, kSleep, kChain, kOnSignal, kVerdict, kColumns };
using Cells = std::array<std::string, kColumns>;
using Widths = std::array<std::size_t, kColumns>;

const Cells kHeading = {"HANDLER", "SLEEP", "CHAIN", "ON A SIGNAL", "VERDICT"};

struct Row {
  Cells cells;
  std::string place;  // of the sleep: "in alder_reserve (alder_gem.c:18)"
  const Finding* finding;
};

Row row_of(const Finding& finding) {
  const auto& sink = finding.sink;
  auto in = sink.function == finding.handler.function ? "" : fmt::format("in {} ", sink.function);
  auto place = fmt::format("{}({}:{})", in, sink.file.substr(sink.file.rfind('/') + 1), sink.line);
  if (!finding.also.empty()) place += fmt::format(" and {} more", finding.also.size());
  return {{finding.handler.function, sink.name, std::to_string(finding.chain.size()),
           signal_text(finding), verdict_name(finding.verdict)},
          std::move(place),
          &finding};
}

// Findings of a driver, so that those with one reason stand together.
bool reads_before(const Row& a, const Row& b) {
  const auto key = [](const Finding& finding) {
    return std::tie(finding.verdict, finding.reason, finding.sink.file, finding.sink.line,
                    finding.sink.name, finding.handler.function, finding.handler.file, finding.id);
  };
  return key(*a.finding) < key(*b.finding);
}

class Table {
 public:
  Table(const AuditedTree& tree, const std::vector<const Finding*>& findings,
        const TextLayout& layout)
      : layout_(layout) {
    for (const auto* finding : findings)
      drivers_[driver_of_handler(tree, finding->handler)].push_back(row_of(*finding));
    for (auto& [driver, rows] : drivers_) std::sort(rows.begin(), rows.end(), reads_before);
    measure();
  }

  [[nodiscard]] std::string text() const {
    if (drivers_.empty()) return {};
    auto heading = line(kHeading) + std::string(kGap) + (beside_ ? "REASON" : "");
    auto text = layout_.paint.dim(trim_right(std::move(heading))) + '\n';
    for (const auto& [driver, rows] : drivers_) {
      text += layout_.paint.bold(driver) + '\n';
      for (std::size_t i = 0; i < rows.size(); ++i)
        text += row(rows[i], i + 1 == rows.size() ? nullptr : &rows[i + 1]);
    }
    return text + '\n';
  }

 private:
  void measure() {
    std::size_t whole = 0;  // the sleep with its place on one line
    for (std::size_t i = 0; i < kColumns; ++i) widths_[i] = kHeading[i].size();
    for (const auto& [driver, rows] : drivers_) {
      for (const auto& row : rows) {
        for (std::size_t i = 0; i < kColumns; ++i)
          widths_[i] = std::max(widths_[i], row.cells[i].size());
        whole = std::max(whole, row.cells[kSleep].size() + 1 + row.place.size());
      }
    }
    std::size_t others = 0;
    for (std::size_t i = 0; i < kColumns; ++i)
      if (i != kSleep) others += widths_[i] + kGap.size();
    one_line_ = layout_.width == 0 || kIndent.size() + others + whole <= layout_.width;
    if (one_line_) widths_[kSleep] = whole;
    used_ = kIndent.size() + others + widths_[kSleep];
    if (layout_.width == 0) return;
    for (auto column : {kSleep, kHandler}) {
      auto& width = widths_[column];
      auto narrow = std::min(width, column == kSleep ? 2 * kNarrowest : kNarrowest);
      auto cut = std::min(used_ > layout_.width ? used_ - layout_.width : 0, width - narrow);
      width -= cut;
      used_ -= cut;
    }
    for (const auto& [driver, rows] : drivers_)
      for (const auto& row : rows)
        beside_ &= used_ + kGap.size() + row.finding->reason.size() <= layout_.width;
  }

  static std::string trim_right(std::string text) {
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
  }

  // The cells side by side, the last one padded like the others.
  [[nodiscard]] std::string line(const Cells& cells) const {
    std::string text(kIndent);
    for (std::size_t i = 0; i < kColumns; ++i) {
      if (i > 0) text += kGap;
      auto cell = elide_middle(cells[i], widths_[i]);
      text += i == kChain ? fmt::format("{:>{}}", cell, widths_[i])
                          : fmt::format("{:<{}}", cell, widths_[i]);
    }
    return text;
  }

  [[nodiscard]] std::string row(const Row& row, const Row* next) const {
    const auto& finding = *row.finding;
    auto cells = row.cells;
    if (one_line_) cells[kSleep] += " " + row.place;
    auto text = line(cells);
    // The verdict is the last word: it is painted where it stands.
    auto verdict = text.rfind(row.cells[kVerdict]);
    text.replace(verdict, row.cells[kVerdict].size(),
                 painted_verdict(finding.verdict, layout_.paint));
    if (beside_) text += std::string(kGap) + layout_.paint.dim(finding.reason);
    text = trim_right(std::move(text)) + '\n';
    if (!one_line_) {
      auto column = 2 * kIndent.size() + widths_[kHandler] + kGap.size();
      auto room = std::max(layout_.width, column + 2 * kNarrowest) - column;
      text += std::string(column, ' ') + elide_middle(row.place, room) + '\n';
    }
    bool shared = next != nullptr && next->finding->reason == finding.reason &&
                  next->finding->verdict == finding.verdict;
    return beside_ || shared ? text : text + reason_below(finding.reason);
  }

  [[nodiscard]] std::string reason_below(const std::string& reason) const {
    auto room = std::max(layout_.width, kReasonIndent + kReasonNarrow) - kReasonIndent;
    std::string text;
    for (const auto& one : split_lines(fill(reason, room)))
      text += std::string(kReasonIndent, ' ') + layout_.paint.dim(one) + '\n';
    return text;
  }

  const TextLayout& layout_;
  std::map<std::string, std::vector<Row>> drivers_;
  Widths widths_{};
  std::size_t used_ = 0;  // columns up to the end of the verdicts
  bool one_line_ = true;  // a sleep and its place
  bool beside_ = true;    // reasons at the end of the lines
};

// What the table leaves out: how much of each verdict, and why a person must look.
std::string rest_text(const std::vector<const Finding*>& rest, const TextLayout& layout) {
  constexpr std::size_t kShown = 8;
  std::map<Verdict, std::size_t> verdicts;
  for (const auto* finding : rest) ++verdicts[finding->verdict];
  std::vector<std::string> parts;
  parts.reserve(verdicts.size());
  for (const auto& [verdict, count] : verdicts)
    parts.push_back(fmt::format("{} {}", count, painted_verdict(verdict, layout.paint)));
  auto text = fmt::format("{} more: {}; --all, --verdict=VERDICT or --handler=NAME shows them\n",
                          rest.size(), join(parts, ", "));
  const auto causes = review_causes(rest);
  std::size_t others = 0;
  for (std::size_t i = 0; i < causes.size(); ++i) {
    if (i >= kShown) {
      others += causes[i].second;
      continue;
    }
    const auto line = fmt::format("  {:>4}  {}", causes[i].second, causes[i].first);
    text += (layout.width == 0 ? line : elide_middle(line, layout.width)) + '\n';
  }
  if (others > 0)
    text += fmt::format("  {:>4}  for {} further reasons\n", others, causes.size() - kShown);
  return text + '\n';
}

std::string registrations_text(const AuditedTree& tree, const TextLayout& layout) {
  std::map<std::string, std::string> drivers;
  for (const auto& handler : tree.audit.handlers)
    drivers[driver_of_handler(tree, handler)] +=
        fmt::format("  {}:{}: {} {} ({}:{})\n", handler.registered_in, handler.registered_line,
                    how_registered(handler) + (handler.field.empty() ? ":" : " ="),
                    handler.function, handler.file, handler.line);
  std::string text;
  for (const auto& [driver, lines] : drivers) text += layout.paint.bold(driver) + '\n' + lines;
  return text.empty() ? text : layout.paint.dim("REGISTRATIONS") + '\n' + text + '\n';
}

std::string counts_text(const AuditedTree& tree, const TextLayout& layout) {
  std::set<std::pair<std::string, std::string>> handlers;
  std::set<std::pair<std::string, std::string>> sleeping;
  std::set<std::string> drivers;
  for (const auto& handler : tree.audit.handlers) {
    handlers.insert({handler.file, handler.function});
    drivers.insert(driver_of_handler(tree, handler));
  }
  std::map<Verdict, std::size_t> verdicts;
  std::size_t waived = 0;
  std::set<std::tuple<std::string, int, std::string>> sleeps;
  for (const auto& finding : tree.audit.findings) {
    if (tree.waived.contains(finding.id)) {
      ++waived;
      continue;
    }
    ++verdicts[finding.verdict];
    if (is_settled(finding)) continue;
    sleeping.insert({finding.handler.file, finding.handler.function});
    for (const auto& sink : sinks_of(finding)) sleeps.insert({sink.file, sink.line, sink.name});
  }
  const auto& coverage = tree.audit.coverage;
  const auto* none = "none of them sleeps interruptibly";
  if (coverage.unanswered > 0)
    none = "whether they sleep interruptibly is not known";
  else if (!is_all_parsed(coverage) || !coverage.unresolved.empty() || coverage.edge > 0)
    none = "no interruptible sleep was found, and not every call was followed";
  auto text =
      fmt::format("{} of {} in {}; {}\n", counted(tree.audit.handlers.size(), "registration"),
                  counted(handlers.size(), tree.words.root), counted(drivers.size(), "driver"),
                  sleeping.empty() ? none
                                   : fmt::format("{} of them {} interruptibly", sleeping.size(),
                                                 sleeping.size() == 1 ? "sleeps" : "sleep"));
  if (tree.audit.findings.empty()) return text;
  std::vector<std::string> parts;
  for (auto verdict : {Verdict::kConvert, Verdict::kThread, Verdict::kReview})
    if (verdicts[verdict] > 0)
      parts.push_back(
          fmt::format("{} {}", verdicts[verdict], painted_verdict(verdict, layout.paint)));
  auto open = verdicts[Verdict::kConvert] + verdicts[Verdict::kThread] + verdicts[Verdict::kReview];
  if (open > 0)
    text += fmt::format("{} in {}: {}\n", counted(open, "finding"), counted(sleeps.size(), "call"),
                        join(parts, ", "));
  auto settled = verdicts[Verdict::kSuppressed] + verdicts[Verdict::kSafe];
  if (settled > 0)
    text += fmt::format("{} more {} nothing to do: {} suppressed, {} safe{}\n", settled,
                        settled == 1 ? "needs" : "need", verdicts[Verdict::kSuppressed],
                        verdicts[Verdict::kSafe], layout.all ? "" : " (--all shows them)");
  if (waived > 0)
    text += fmt::format("{} more {} waived{}\n", waived, waived == 1 ? "is" : "are",
                        layout.all ? "" : " (--all shows them)");
  return text + "killify explain HANDLER shows each way, with the source and what to do\n";
}

// Who accepted what, and why.
std::string waived_lines(const AuditedTree& tree) {
  std::string text;
  for (const auto& finding : tree.audit.findings)
    if (const auto waived = tree.waived.find(finding.id); waived != tree.waived.end())
      text += fmt::format("  {} {}: {}() in {}(): waived by {}: {}\n", finding.id,
                          finding.handler.function, finding.sink.name, finding.sink.function,
                          waived->second.by, waived->second.reason);
  return text;
}

// What is wrong with handlers, whether or not they sleep.
std::string notes_text(const AuditedTree& tree, const TextLayout& layout) {
  const auto& notes = tree.audit.notes;
  if (notes.empty()) return {};
  auto text = fmt::format("{} on results and masks of signals{}\n", counted(notes.size(), "note"),
                          layout.all ? ":" : " (--all shows them)");
  if (layout.all)
    for (const auto& note : notes)
      text += fmt::format("  {} {}: {}\n", note.id, note.handler.function, note_text(note));
  return text;
}

std::string since_text(const AuditedTree& tree) {
  if (!tree.since) return {};
  const auto& since = *tree.since;
  auto text = fmt::format("Since {}: {} new, {} gone, {} unchanged\n", since.with,
                          since.fresh.size(), since.gone.size(), since.unchanged);
  const std::set<std::string> fresh(since.fresh.begin(), since.fresh.end());
  for (const auto& finding : tree.audit.findings)
    if (fresh.contains(finding.id))
      text += fmt::format("  new: {} {}: {}() in {}() ({})\n", finding.id, finding.handler.function,
                          finding.sink.name, finding.sink.function, verdict_name(finding.verdict));
  for (const auto& sleep : since.gone)
    text += fmt::format("  gone: {}: {}() in {}() ({})\n", sleep.handler, sleep.sink,
                        sleep.function, sleep.verdict);
  return text;
}

// What the plan does with the findings, and why it leaves some alone.
std::string plan_lines(const AuditedTree& tree) {
  std::map<Planned::Kind, std::size_t> kinds;
  std::string left;
  for (const auto& finding : tree.audit.findings) {
    const auto planned = tree.planned.find(finding.id);
    if (planned == tree.planned.end()) continue;
    ++kinds[planned->second.kind];
    if (planned->second.kind != Planned::Kind::kLeft) continue;
    left += fmt::format("  {} {}: {}() in {}() ({}): {}\n", finding.id, finding.handler.function,
                        finding.sink.name, finding.sink.function, verdict_name(finding.verdict),
                        planned->second.why);
  }
  if (kinds.empty()) return {};
  std::vector<std::string> parts;
  for (auto kind : {Planned::Kind::kConverted, Planned::Kind::kThreaded, Planned::Kind::kLeft})
    if (kinds[kind] > 0) parts.push_back(fmt::format("{} {}", kinds[kind], planned_name(kind)));
  return fmt::format("What the plan does: {}\n{}", parts.empty() ? "nothing" : join(parts, ", "),
                     left);
}

std::string lines_text(const LineRange& lines) {
  return lines.first == lines.last ? std::to_string(lines.first)
                                   : fmt::format("{}-{}", lines.first, lines.last);
}

int count_of(const LineRange& lines) {
  return lines.last - lines.first + 1;
}

// Lost lines matter most where a way to a sleep, or a handler, stands in the same file.
std::string lost_text(const Audit& audit) {
  std::set<std::string> near;
  for (const auto& handler : audit.handlers) near.insert(handler.file);
  for (const auto& finding : audit.findings) {
    for (const auto& hop : finding.chain) near.insert(hop.file);
    for (const auto& chain : finding.other_chains)
      for (const auto& hop : chain) near.insert(hop.file);
  }
  std::map<std::string, std::vector<std::string>> ranges;
  std::set<std::string> far;
  int far_lines = 0;
  for (const auto& [file, lines] : audit.coverage.lost) {
    if (near.contains(file)) {
      ranges[file].push_back(lines_text(lines));
    } else {
      far.insert(file);
      far_lines += count_of(lines);
    }
  }
  std::string text;
  if (!ranges.empty())
    text +=
        "  Not parsed, in files with a handler or a way to a sleep; calls there may be missing:\n";
  for (const auto& [file, lines] : ranges)
    text += fmt::format("    {}: {}\n", file, join(lines, ", "));
  if (!far.empty())
    text += fmt::format("  Further {} in {} that no way goes through; --format=json lists them\n",
                        counted(static_cast<std::size_t>(far_lines), "line"),
                        counted(far.size(), "file"));
  return text;
}

// Those that hold handlers all, of the others the nearest.
std::string unresolved_text(const Coverage& coverage) {
  constexpr std::size_t kShown = 5;
  if (coverage.unresolved.empty()) return {};
  std::map<UnresolvedCall::Kind, std::pair<std::size_t, std::size_t>> counts;  // calls, groups
  std::size_t calls = 0;
  for (const auto& group : coverage.unresolved) {
    counts[group.kind].first += group.calls;
    ++counts[group.kind].second;
    calls += group.calls;
  }
  std::vector<std::string> parts;
  parts.reserve(counts.size());
  for (const auto& [kind, count] : counts)
    parts.push_back(fmt::format("{} {}", count.first, unresolved_kind(kind, count.second)));
  auto text = fmt::format("  Not followed: {}, {}:\n", counted(calls, "call"), join(parts, ", "));
  std::size_t shown = 0;
  for (const auto& group : coverage.unresolved) {
    if (!group.handler && shown >= kShown) break;
    ++shown;
    text += fmt::format("    {}\n", unresolved_line(group));
  }
  if (auto rest = coverage.unresolved.size() - shown; rest > 0)
    text += fmt::format("    and {} more; --format=json lists them, explain those of a handler\n",
                        rest);
  return text;
}

std::string coverage_text(const Audit& audit, const Paint& paint) {
  const auto& coverage = audit.coverage;
  auto text = fmt::format("{}: {} read: {} parsed whole, {} in part, {} failed, {} timed out\n",
                          paint.bold("Coverage"), counted(coverage.files, "file"),
                          coverage.complete, coverage.partial, coverage.failed, coverage.timed_out);
  if (coverage.unanswered > 0)
    text += fmt::format("  spatch gave no answer to {}: what stands above is not whole\n",
                        counted(coverage.unanswered, "question"));
  text += lost_text(audit);
  text += unresolved_text(coverage);
  if (coverage.edge > 0)
    text += fmt::format("  Not looked further: {} that {} {} functions away from a handler\n",
                        counted(coverage.edge, "function"), coverage.edge == 1 ? "is" : "are",
                        kMaxChain);
  for (const auto& note : lines_of_notes(coverage.notes)) text += fmt::format("  {}\n", note);
  for (const auto& unseen : coverage.unseen) text += fmt::format("  Not looked at: {}\n", unseen);
  return text;
}

}  // namespace

bool is_all_parsed(const Coverage& coverage) {
  return coverage.lost.empty() && coverage.failed == 0 && coverage.timed_out == 0;
}

std::string painted_verdict(Verdict verdict, const Paint& paint) {
  std::string name = verdict_name(verdict);
  switch (verdict) {
    case Verdict::kConvert:
      return paint.red(name);
    case Verdict::kThread:
      return paint.yellow(name);
    case Verdict::kReview:
      return paint.cyan(name);
    case Verdict::kSuppressed:
    case Verdict::kSafe:
      return paint.green(name);
  }
  return name;
}

std::string audit_text(const AuditedTree& tree, const TextLayout& layout) {
  auto open = by_rank(tree.audit.findings);
  if (!layout.all)
    std::erase_if(open, [&](const Finding* finding) { return tree.waived.contains(finding->id); });
  std::string text;
  if (layout.first > 0 && !layout.all && open.size() > layout.first) {
    const std::vector<const Finding*> rest(open.begin() + static_cast<std::ptrdiff_t>(layout.first),
                                           open.end());
    open.resize(layout.first);
    text = layout.paint.bold(fmt::format("The {} to look at first, of {}", layout.first,
                                         layout.first + rest.size())) +
           '\n' + Table(tree, open, layout).text() + rest_text(rest, layout);
  } else {
    if (layout.all || layout.settled)
      for (const auto& finding : tree.audit.findings)
        if (is_settled(finding)) open.push_back(&finding);
    text = Table(tree, open, layout).text();
  }
  if (layout.all) text += registrations_text(tree, layout);
  text += counts_text(tree, layout);
  if (layout.all) text += waived_lines(tree);
  text += notes_text(tree, layout);
  return text + since_text(tree) + plan_lines(tree) + coverage_text(tree.audit, layout.paint);
}

}  // namespace killify
