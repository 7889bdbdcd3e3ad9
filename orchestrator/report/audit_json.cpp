#include "report/audit_json.h"

#include "report/verdict_text.h"

namespace killify {
namespace {

using nlohmann::ordered_json;

ordered_json chain_json(const std::vector<Hop>& chain) {
  auto json = ordered_json::array();
  for (const auto& hop : chain)
    json.push_back({{"function", hop.function},
                    {"file", hop.file},
                    {"line", hop.line},
                    {"edge", hop.edge},
                    {"through", hop.through},
                    {"values", hop.values}});
  return json;
}

ordered_json sink_json(const SinkCall& sink) {
  return {{"name", sink.name},
          {"function", sink.function},
          {"file", sink.file},
          {"line", sink.line},
          {"object", sink.object}};
}

ordered_json coverage_json(const Coverage& coverage) {
  auto lost = ordered_json::array();
  for (const auto& [file, lines] : coverage.lost)
    lost.push_back({{"file", file}, {"lines", {lines.first, lines.last}}});
  auto unresolved = ordered_json::array();
  for (const auto& call : coverage.unresolved) unresolved.push_back(unresolved_json(call));
  return {{"files", coverage.files},
          {"parsed", coverage.complete},
          {"partial", coverage.partial},
          {"failed", coverage.failed},
          {"timed_out", coverage.timed_out},
          {"unanswered", coverage.unanswered},
          {"lost", std::move(lost)},
          {"notes", coverage.notes},
          {"unresolved", std::move(unresolved)},
          {"unseen", coverage.unseen},
          {"edge", coverage.edge}};
}

ordered_json waived_json(const FindingWaiver& waiver) {
  return {{"reason", waiver.reason}, {"by", waiver.by}};
}

ordered_json since_json(const Comparison& since) {
  auto gone = ordered_json::array();
  for (const auto& sleep : since.gone)
    gone.push_back({{"handler", sleep.handler},
                    {"sink", sleep.sink},
                    {"function", sleep.function},
                    {"verdict", sleep.verdict}});
  return {{"with", since.with},
          {"new", since.fresh},
          {"gone", std::move(gone)},
          {"unchanged", since.unchanged}};
}

const char* kind_name(UnresolvedCall::Kind kind) {
  switch (kind) {
    case UnresolvedCall::Kind::kField:
      return "field";
    case UnresolvedCall::Kind::kVariable:
      return "variable";
    case UnresolvedCall::Kind::kName:
      return "name";
  }
  return "name";
}

}  // namespace

ordered_json unresolved_json(const UnresolvedCall& call) {
  return {{"callee", call.callee},
          {"kind", kind_name(call.kind)},
          {"handler", call.handler},
          {"depth", call.depth},
          {"calls", call.calls},
          {"places", call.places},
          {"handlers", call.handlers.size()}};
}

ordered_json handler_json(const Handler& handler) {
  return {{"function", handler.function},
          {"file", handler.file},
          {"line", handler.line},
          {"ops", handler.ops},
          {"field", handler.field},
          {"registered_in", handler.registered_in},
          {"registered_line", handler.registered_line}};
}

ordered_json note_json(const Note& note) {
  return {{"id", note.id},
          {"verdict", "note"},
          {"kind", note_name(note.kind)},
          {"handler", handler_json(note.handler)},
          {"function", note.function},
          {"file", note.file},
          {"line", note.line},
          {"way", note.way},
          {"says", note_text(note)}};
}

ordered_json finding_json(const Finding& finding) {
  auto others = ordered_json::array();
  for (const auto& chain : finding.other_chains) others.push_back(chain_json(chain));
  auto also = ordered_json::array();
  for (const auto& sink : finding.also) also.push_back(sink_json(sink));
  return {{"id", finding.id},
          {"handler", handler_json(finding.handler)},
          {"sink", sink_json(finding.sink)},
          {"also", std::move(also)},
          {"chain", chain_json(finding.chain)},
          {"other_chains", std::move(others)},
          {"condition", finding.condition},
          {"on_signal", finding.on_signal},
          {"mmap_lock", finding.mmap_lock},
          {"translator", finding.translator},
          {"verdict", verdict_name(finding.verdict)},
          {"reason", finding.reason},
          {"unknown_conditions", finding.unknown_conditions}};
}

ordered_json planned_json(const Planned& planned) {
  return {{"does", planned_name(planned.kind)}, {"step", planned.step}, {"why", planned.why}};
}

ordered_json tree_json(const AuditedTree& tree) {
  return {{"commit", tree.commit}, {"version", tree.kernel_version}};
}

std::string json_text(const ordered_json& json) {
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string audit_json(const AuditedTree& tree) {
  ordered_json json{
      {"schema", "killify.audit/1"}, {"tree", tree_json(tree)}, {"series", tree.series}};
  json["handlers"] = ordered_json::array();
  for (const auto& handler : tree.audit.handlers) json["handlers"].push_back(handler_json(handler));
  json["findings"] = ordered_json::array();
  for (const auto& finding : tree.audit.findings) {
    json["findings"].push_back(finding_json(finding));
    if (const auto planned = tree.planned.find(finding.id); planned != tree.planned.end())
      json["findings"].back()["planned"] = planned_json(planned->second);
    if (const auto waived = tree.waived.find(finding.id); waived != tree.waived.end())
      json["findings"].back()["waived"] = waived_json(waived->second);
  }
  json["notes"] = ordered_json::array();
  for (const auto& note : tree.audit.notes) json["notes"].push_back(note_json(note));
  json["coverage"] = coverage_json(tree.audit.coverage);
  if (tree.since) json["since"] = since_json(*tree.since);
  return json_text(json);
}

}  // namespace killify
