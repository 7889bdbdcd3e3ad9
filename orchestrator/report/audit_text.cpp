#include "report/audit_text.h"

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
constexpr std::size_t kReasonWidth = 100;  // of prose where no terminal says otherwise

// The columns of the table. The first two give way where the terminal is narrow.
enum Column : std::size_t { kHandler, kSleep, kChain, kOnSignal, kVerdict, kColumns };
using Cells = std::array<std::string, kColumns>;
using Widths = std::array<std::size_t, kColumns>;

const Cells kHeading = {"HANDLER", "SLEEP", "CHAIN", "ON A SIGNAL", "VERDICT"};

struct Row {
  Cells cells;
  const Finding* finding;
};

Row row_of(const Finding& finding) {
  auto sleep = finding.sink.function == finding.handler.function
                   ? finding.sink.name
                   : fmt::format("{} in {}", finding.sink.name, finding.sink.function);
  return {{finding.handler.function, fmt::format("{}:{}", sleep, finding.sink.line),
           std::to_string(finding.chain.size()), finding.on_signal, verdict_name(finding.verdict)},
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
  Table(const AuditedTree& tree, const TextLayout& layout) : layout_(layout) {
    for (const auto& finding : tree.audit.findings)
      if (layout.all || !is_settled(finding))
        drivers_[driver_of_handler(tree, finding.handler)].push_back(row_of(finding));
    for (auto& [driver, rows] : drivers_) std::sort(rows.begin(), rows.end(), reads_before);
    measure();
  }

  [[nodiscard]] std::string text() const {
    if (drivers_.empty()) return {};
    std::string text =
        line(kHeading, [&](const std::string& cell) { return layout_.paint.dim(cell); });
    for (const auto& [driver, rows] : drivers_) {
      text += layout_.paint.bold(driver) + '\n';
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& finding = *rows[i].finding;
        text += line(rows[i].cells, [&](const std::string& cell) {
          return painted_verdict(finding.verdict, layout_.paint) +
                 cell.substr(std::string_view(verdict_name(finding.verdict)).size());
        });
        bool last = i + 1 == rows.size() || rows[i + 1].finding->reason != finding.reason ||
                    rows[i + 1].finding->verdict != finding.verdict;
        if (last && !finding.reason.empty()) text += reason(finding.reason);
      }
    }
    return text + '\n';
  }

 private:
  void measure() {
    for (std::size_t i = 0; i < kColumns; ++i) widths_[i] = kHeading[i].size();
    for (const auto& [driver, rows] : drivers_)
      for (const auto& row : rows)
        for (std::size_t i = 0; i < kColumns; ++i)
          widths_[i] = std::max(widths_[i], row.cells[i].size());
    if (layout_.width == 0) return;
    std::size_t total = kIndent.size() + kGap.size() * (kColumns - 1);
    for (auto width : widths_) total += width;
    for (auto column : {kSleep, kHandler}) {
      auto& width = widths_[column];
      auto narrow = std::min(width, column == kSleep ? 2 * kNarrowest : kNarrowest);
      auto excess = total > layout_.width ? total - layout_.width : 0;
      auto cut = std::min(excess, width - narrow);
      width -= cut;
      total -= cut;
    }
  }

  // `paint` is given the last cell.
  template <typename PaintLast>
  [[nodiscard]] std::string line(const Cells& cells, PaintLast paint) const {
    std::string text(kIndent);
    for (std::size_t i = 0; i + 1 < kColumns; ++i) {
      auto cell = elide_middle(cells[i], widths_[i]);
      text += i == kChain ? fmt::format("{:>{}}", cell, widths_[i])
                          : fmt::format("{:<{}}", cell, widths_[i]);
      text += kGap;
    }
    return text + paint(cells[kColumns - 1]) + '\n';
  }

  [[nodiscard]] std::string reason(const std::string& reason) const {
    constexpr std::string_view kDeeper = "      ";
    auto room = layout_.width == 0 ? kReasonWidth
                                   : std::max(layout_.width, kDeeper.size() + 4 * kNarrowest);
    std::string text;
    for (const auto& one : split_lines(fill(reason, room - kDeeper.size())))
      text += std::string(kDeeper) + layout_.paint.dim(one) + '\n';
    return text;
  }

  const TextLayout& layout_;
  std::map<std::string, std::vector<Row>> drivers_;
  Widths widths_{};
};

std::string registrations_text(const AuditedTree& tree, const TextLayout& layout) {
  std::map<std::string, std::string> drivers;
  for (const auto& handler : tree.audit.handlers)
    drivers[driver_of_handler(tree, handler)] +=
        fmt::format("  {}:{}: {}.{} = {} ({}:{})\n", handler.registered_in, handler.registered_line,
                    handler.ops, handler.field, handler.function, handler.file, handler.line);
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
  std::set<std::tuple<std::string, int, std::string>> sleeps;
  for (const auto& finding : tree.audit.findings) {
    ++verdicts[finding.verdict];
    if (is_settled(finding)) continue;
    sleeping.insert({finding.handler.file, finding.handler.function});
    sleeps.insert({finding.sink.file, finding.sink.line, finding.sink.name});
  }
  auto text =
      fmt::format("{} of {} in {}; {}\n", counted(tree.audit.handlers.size(), "registration"),
                  counted(handlers.size(), "fault handler"), counted(drivers.size(), "driver"),
                  sleeping.empty() ? "none of them sleeps interruptibly"
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
  return text + "killify explain HANDLER shows each way, with the source and what to do\n";
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
    text += "  Calls in these lines of files on a way to a sleep may be missing:\n";
  for (const auto& [file, lines] : ranges)
    text += fmt::format("    {}: {}\n", file, join(lines, ", "));
  if (!far.empty())
    text += fmt::format("  Further {} in {} that no way goes through; --format=json lists them\n",
                        counted(static_cast<std::size_t>(far_lines), "line"),
                        counted(far.size(), "file"));
  return text;
}

std::string coverage_text(const Audit& audit, const Paint& paint) {
  const auto& coverage = audit.coverage;
  auto text = fmt::format("{}: {} read: {} parsed whole, {} in part, {} failed, {} timed out\n",
                          paint.bold("Coverage"), counted(coverage.files, "file"),
                          coverage.complete, coverage.partial, coverage.failed, coverage.timed_out);
  text += lost_text(audit);
  for (const auto& note : coverage.notes) text += fmt::format("  {}\n", note);
  return text;
}

}  // namespace

std::string painted_verdict(Verdict verdict, const Paint& paint) {
  const std::string name = verdict_name(verdict);
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
  auto text = Table(tree, layout).text();
  if (layout.all) text += registrations_text(tree, layout);
  return text + counts_text(tree, layout) + coverage_text(tree.audit, layout.paint);
}

}  // namespace killify
