#include "report/handler_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

namespace killify {
namespace {

// A quoted string of the DOT language; '\n' becomes its line break.
std::string dot_quoted(std::string_view text) {
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (c == '\n')
      quoted += "\\n";
    else
      quoted += c;
  }
  return quoted + '"';
}

std::string_view colour_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kConvert:
      return "salmon";
    case Verdict::kThread:
      return "gold";
    case Verdict::kReview:
      return "lightblue";
    case Verdict::kSuppressed:
    case Verdict::kSafe:
      return "palegreen";
  }
  return "white";
}

class Graph {
 public:
  void add(const Handler& handler) {
    nodes_[key(handler.function, handler.file)] =
        fmt::format("label={}, style=bold", dot_quoted(handler.function + "()\n" + handler.file));
  }

  void add(const Finding& finding) {
    add_chain(finding, finding.chain);
    for (const auto& chain : finding.other_chains) add_chain(finding, chain);
  }

  [[nodiscard]] std::string text(std::string_view name) const {
    auto text =
        fmt::format("digraph {} {{\n  rankdir=LR;\n  node [shape=box];\n", dot_quoted(name));
    for (const auto& [node, attributes] : nodes_)
      text += fmt::format("  {} [{}];\n", dot_quoted(node), attributes);
    for (const auto& edge : edges_) text += edge;
    return text + "}\n";
  }

 private:
  static std::string key(const std::string& function, const std::string& file) {
    return file + ":" + function;
  }

  void add_chain(const Finding& finding, const std::vector<Hop>& chain) {
    if (chain.empty()) return;
    for (const auto& hop : chain)
      nodes_.try_emplace(key(hop.function, hop.file),
                         fmt::format("label={}", dot_quoted(hop.function + "()\n" + hop.file)));
    for (std::size_t i = 0; i + 1 < chain.size(); ++i)
      add_edge(chain[i], key(chain[i + 1].function, chain[i + 1].file));
    const auto& sink = finding.sink;
    auto node = fmt::format("{}:{}:{}", sink.file, sink.line, sink.name);
    auto label = fmt::format("{}()\n{}:{}\n{}", sink.name, sink.file, sink.line,
                             verdict_name(finding.verdict));
    nodes_.try_emplace(node, fmt::format("label={}, shape=ellipse, style=filled, fillcolor={}",
                                         dot_quoted(label), colour_of(finding.verdict)));
    add_edge(chain.back(), node);
  }

  void add_edge(const Hop& from, const std::string& to) {
    auto label = from.through.empty() ? std::to_string(from.line)
                                      : fmt::format("{}\n{}", from.line, from.through);
    std::string_view style = from.edge == "field"   ? ", style=dashed"
                             : from.edge == "macro" ? ", style=dotted"
                                                    : "";
    edges_.insert(fmt::format("  {} -> {} [label={}{}];\n",
                              dot_quoted(key(from.function, from.file)), dot_quoted(to),
                              dot_quoted(label), style));
  }

  std::map<std::string, std::string> nodes_;  // id to attributes
  std::set<std::string> edges_;
};

}  // namespace

std::string handler_graph(const std::vector<Handler>& handlers,
                          const std::vector<Finding>& findings) {
  Graph graph;
  for (const auto& handler : handlers) graph.add(handler);
  for (const auto& finding : findings) graph.add(finding);
  return graph.text(handlers.empty() ? "" : handlers.front().function);
}

}  // namespace killify
