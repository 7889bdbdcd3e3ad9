#include "reach/notes.h"

#include "reach/bodies.h"
#include "reach/fault_result.h"
#include "support/digest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <deque>

namespace killify {
namespace {

// Functions from a handler to one whose result it returns.
constexpr std::size_t kMaxWay = 6;
constexpr std::string_view kNoPage = "VM_FAULT_NOPAGE";
constexpr const char* kSetMask = "sigprocmask";
constexpr std::string_view kMayRetry = "FAULT_FLAG_ALLOW_RETRY";

bool has_word(Code code, std::string_view word) {
  return std::ranges::any_of(code, [&](const FlowToken& token) { return token.text == word; });
}

// The variable and the value of "x = value", or of "T x = value".
std::pair<std::string_view, Code> assigned(Code code) {
  for (std::size_t i = 1; i + 1 < code.size(); ++i) {
    if (code[i].text == "(") return {};
    if (code[i].text != "=" || code[i - 1].kind != Token::Kind::kWord) continue;
    if (i > 1 && (code[i - 2].text == "->" || code[i - 2].text == ".")) return {};
    return {code[i - 1].text, code.subspan(i + 1)};
  }
  return {};
}

// The steps behind one.
std::set<std::size_t> behind(const Flow& flow, std::size_t from,
                             const std::set<std::size_t>& stops = {}) {
  std::set<std::size_t> seen;
  std::deque<std::size_t> queue{from};
  while (!queue.empty()) {
    for (auto to : successors(flow.steps[queue.front()]))
      if (to < flow.steps.size() && seen.insert(to).second && !stops.contains(to))
        queue.push_back(to);
    queue.pop_front();
  }
  return seen;
}

// Whether flags lose FAULT_FLAG_ALLOW_RETRY: "vmf->flags &= ~FAULT_FLAG_ALLOW_RETRY".
bool forbids_retry(Code code) {
  for (std::size_t i = 0; i + 2 < code.size(); ++i)
    if (code[i].text == "&=" && code[i + 1].text == "~" && code[i + 2].text == kMayRetry)
      return true;
  return false;
}

// "mutex_trylock" of "!mutex_trylock(...)": the branch is taken where the lock is not had.
std::string_view failed_trylock(Code code) {
  code = expected(code);
  if (code.size() < 4 || code[0].text != "!") return {};
  const auto name = called(expected(code.subspan(1)));
  return name.find("trylock") != std::string_view::npos ? name : std::string_view();
}

// Where nothing but plain statements lead to "return VM_FAULT_NOPAGE": the line; 0 where not.
int asks_again(const Flow& flow, std::size_t from) {
  std::string_view holds;
  for (std::size_t i = from, steps = 0; steps < flow.steps.size(); ++steps) {
    const auto& step = flow.steps[i];
    if (step.kind == FlowStep::Kind::kReturn) {
      const bool direct = step.code.size() == 1 && step.code[0].text == kNoPage;
      const bool by_variable =
          step.code.size() == 1 && !holds.empty() && step.code[0].text == holds;
      return direct || by_variable ? step.line : 0;
    }
    if (step.kind != FlowStep::Kind::kExpression) return 0;
    const auto [variable, value] = assigned(step.code);
    if (variable == holds) holds = {};
    if (value.size() == 1 && value[0].text == kNoPage) holds = variable;
    if (step.next >= flow.steps.size()) return 0;
    i = step.next;
  }
  return 0;
}

// A set of signals as a function makes it.
struct SignalSet {
  bool filled = false;  // with all but those that are named
  std::string spared;   // these, without SIGKILL
};
Result<SignalSet> set_of(TreeFacts& facts, const Node& node, Code set) {
  SignalSet made;
  KILLIFY_TRY(const auto* sketch, facts.sketch(node.file));
  if (set.empty()) return made;
  const auto name = set.back().text;
  std::set<std::string> spared;
  for (const auto& function : sketch->functions()) {
    if (function.name != node.name) continue;
    for (const auto& call : sketch->calls()) {
      if (call.line < function.first || function.last < call.line) continue;
      const auto arguments = sketch->arguments(call);
      if (arguments.empty() || single_name(arguments[0]) != name) continue;
      const bool inverted = call.callee == "siginitsetinv";
      made.filled = made.filled || inverted || call.callee == "sigfillset";
      if (arguments.size() != 2 || (!inverted && call.callee != "sigdelset")) continue;
      for (const auto& token : tokens_of(arguments[1]))
        if (token.text.starts_with("SIG") && token.text != "SIGKILL") spared.emplace(token.text);
    }
  }
  if (made.filled) made.spared = fmt::format("{}", fmt::join(spared, ", "));
  return made;
}

Note note_on(const Handler& handler, NoteKind kind, const Node& node, int line,
             std::vector<std::string> way, std::string detail) {
  return {.id = {},
          .kind = kind,
          .handler = handler,
          .function = node.name,
          .file = node.file,
          .line = line,
          .way = std::move(way),
          .detail = std::move(detail)};
}

// `nth`: of its kind in its function, so that no line is in an id.
std::string note_id(const Note& note, int nth) {
  return sha256(fmt::format("{}:{}>{}:{}#{}{}#{}", note.handler.file, note.handler.function,
                            note.file, note.function, static_cast<int>(note.kind), note.detail,
                            nth))
      .substr(0, 12);
}

}  // namespace

Result<const NoteTaker::Flows*> NoteTaker::flows(const Node& node) {
  auto [it, added] = flows_.try_emplace({node.file, node.name});
  if (added) {
    KILLIFY_TRY(const auto* sketch, facts_.sketch(node.file));
    for (const auto& function : sketch->functions()) {
      if (function.name != node.name) continue;
      for (auto& flow : flows_of(*sketch, node.name, function.first, {}))
        it->second.push_back(std::move(flow));
    }
  }
  return &it->second;
}

Status NoteTaker::look_at(const Handler& handler, const Function& function,
                          std::vector<Function>& further, std::vector<Note>& notes) {
  const auto node = names_[function.node];
  KILLIFY_TRY(const auto* all, flows(node));
  for (const auto& flow : *all) {
    std::set<std::size_t> forbidden;  // steps behind which nothing below may retry
    std::set<std::string_view> returned;
    for (std::size_t i = 0; i < flow->steps.size(); ++i) {
      const auto& step = flow->steps[i];
      if (forbids_retry(step.code)) forbidden.merge(behind(*flow, i));
      if (step.kind == FlowStep::Kind::kReturn && step.code.size() == 1 &&
          step.code[0].kind == Token::Kind::kWord)
        returned.insert(step.code[0].text);
    }
    for (std::size_t i = 0; i < flow->steps.size(); ++i) {
      const auto& step = flow->steps[i];
      auto value = step.kind == FlowStep::Kind::kReturn ? step.code : Code();
      if (step.kind == FlowStep::Kind::kExpression) {
        auto [variable, given] = assigned(step.code);
        if (returned.contains(variable)) value = given;
      }
      if (handler.retry_succeeds && !function.no_retry && !value.empty() &&
          has_word(value, kRetryFault))
        notes.push_back(
            note_on(handler, NoteKind::kRetryIsSuccess, node, step.line, function.way, {}));
      if (const auto callee = called(value); !callee.empty() && function.way.size() < kMaxWay) {
        KILLIFY_TRY(auto nodes, names_.resolve(std::string(callee), node.file));
        if (nodes.size() != 1 || names_[nodes[0]].is_macro) continue;
        auto way = function.way;
        way.push_back(names_[nodes[0]].name);
        further.push_back({nodes[0], std::move(way), function.no_retry || forbidden.contains(i)});
      }
      if (step.kind != FlowStep::Kind::kBranch) continue;
      if (const auto lock = failed_trylock(step.code); !lock.empty())
        if (const int line = asks_again(*flow, step.next); line != 0)
          notes.push_back(
              note_on(handler, NoteKind::kSpins, node, line, function.way, std::string(lock)));
    }
  }
  return {};
}

// What a call does to the mask: one of sigprocmask() itself, or of a function that does one of
// both.
Result<NoteTaker::Masking> NoteTaker::masking_of(Code code, const Node& node) {
  Masking masking;
  for (std::size_t at = 0; at + 3 < code.size(); ++at) {
    if (code[at + 1].text != "(" || code[at].kind != Token::Kind::kWord) continue;
    if (code[at].text == kSetMask) {
      const auto arguments = divided(code.subspan(at + 2, closing(code, at + 1) - at - 2), ",");
      if (arguments.size() != 3) continue;
      KILLIFY_TRY(const auto set, set_of(facts_, node, arguments[1]));
      const bool blocks = has_word(arguments[0], "SIG_BLOCK") ||
                          (has_word(arguments[0], "SIG_SETMASK") && set.filled);
      masking.blocks = masking.blocks || blocks;
      masking.restores = masking.restores || !blocks;
      if (blocks) masking.spared = set.spared;
      continue;
    }
    KILLIFY_TRY(auto nodes, names_.resolve(std::string(code[at].text), node.file));
    if (nodes.size() != 1) continue;
    if (const auto it = wrappers_.find(nodes[0]); it != wrappers_.end()) {
      masking.blocks = masking.blocks || it->second.blocks;
      masking.restores = masking.restores || it->second.restores;
      if (it->second.blocks) masking.spared = it->second.spared;
    }
  }
  return masking;
}

Status NoteTaker::find_masking() {
  masking_.emplace();
  std::unordered_map<NodeId, Masking> wrappers;
  for (const auto* entry : facts_.words().files_with(kSetMask)) {
    if (is_no_kernel_code(entry->path)) continue;  // the main() of a test, say
    KILLIFY_TRY(const auto* sketch, facts_.sketch(entry->path));
    for (const auto& use : sketch->uses(kSetMask)) {
      if (use.kind != Use::Kind::kCall || use.function.empty()) continue;
      const Node node{use.function, entry->path};
      Masking whole;
      KILLIFY_TRY(const auto* all, flows(node));
      for (const auto& flow : *all)
        for (const auto& step : flow->steps) {
          KILLIFY_TRY(const auto one, masking_of(step.code, node));
          whole.blocks = whole.blocks || one.blocks;
          whole.restores = whole.restores || one.restores;
          if (one.blocks) whole.spared = one.spared;
        }
      const auto id = names_.id_of(node.name, node.file);
      if (whole.blocks && whole.restores)
        masking_->insert(id);
      else if (whole.blocks || whole.restores)
        wrappers[id] = whole;
    }
  }
  wrappers_ = std::move(wrappers);
  for (const auto& [id, masking] : wrappers_) {
    const auto wrapper = names_[id];
    KILLIFY_TRY(const bool internal, names_.is_static(id));
    for (const auto* entry : facts_.words().files_with(wrapper.name)) {
      if (internal && entry->path != wrapper.file && !wrapper.file.ends_with(".h")) continue;
      KILLIFY_TRY(const auto sketch, facts_.look_at(entry->path));
      for (const auto& use : sketch->uses(wrapper.name)) {
        if (use.kind != Use::Kind::kCall || use.function.empty()) continue;
        KILLIFY_TRY(const auto nodes, names_.resolve(wrapper.name, entry->path));
        if (nodes.size() == 1 && nodes[0] == id)
          masking_->insert(names_.id_of(use.function, entry->path));
      }
    }
  }
  return {};
}

// A function that blocks signals and lets them in again: on every way, and all of them?
Status NoteTaker::look_at_signals(const Handler& handler, const Node& node,
                                  std::vector<Note>& notes) {
  KILLIFY_TRY(const auto* all, flows(node));
  for (const auto& flow : *all) {
    std::map<std::size_t, std::string> blocks;  // with what they spare
    std::set<std::size_t> restores;
    for (std::size_t i = 0; i < flow->steps.size(); ++i) {
      KILLIFY_TRY(const auto masking, masking_of(flow->steps[i].code, node));
      if (masking.blocks) blocks.emplace(i, masking.spared);
      if (masking.restores) restores.insert(i);
    }
    if (restores.empty()) continue;  // it leaves that to its caller
    for (const auto& [block, spared] : blocks) {
      if (!spared.empty())
        notes.push_back(
            note_on(handler, NoteKind::kPartialMask, node, flow->steps[block].line, {}, spared));
      for (auto at : behind(*flow, block, restores))
        if (!restores.contains(at) && flow->steps[at].kind == FlowStep::Kind::kReturn)
          notes.push_back(
              note_on(handler, NoteKind::kStaysBlocked, node, flow->steps[at].line, {}, {}));
    }
  }
  return {};
}

Result<std::vector<Note>> NoteTaker::of(const Handler& handler,
                                        const std::unordered_set<NodeId>& relevant) {
  std::vector<Note> notes;
  std::vector<Function> functions{
      {names_.id_of(handler.function, handler.file), {handler.function}, false}};
  std::set<std::pair<NodeId, bool>> seen;
  for (std::size_t i = 0; i < functions.size(); ++i) {
    const auto function = functions[i];
    if (!seen.emplace(function.node, function.no_retry).second) continue;
    KILLIFY_CHECK(look_at(handler, function, functions, notes));
  }
  if (!masking_) KILLIFY_CHECK(find_masking());
  for (auto id : *masking_) {
    const auto node = names_[id];
    const bool own = node.name == handler.function && node.file == handler.file;
    if (own || relevant.contains(id)) KILLIFY_CHECK(look_at_signals(handler, node, notes));
  }
  auto key = [](const Note& note) {
    return std::tie(note.file, note.line, note.kind, note.detail);
  };
  std::sort(notes.begin(), notes.end(),
            [&](const Note& a, const Note& b) { return key(a) < key(b); });
  notes.erase(std::unique(notes.begin(), notes.end(),
                          [&](const Note& a, const Note& b) { return key(a) == key(b); }),
              notes.end());
  std::map<std::string, int> nth;
  for (auto& note : notes) note.id = note_id(note, nth[note_id(note, 0)]++);
  return notes;
}

}  // namespace killify
