#include "reach/audit.h"

#include "reach/exceptions.h"
#include "reach/fault_only.h"
#include "reach/in_place.h"
#include "reach/notes.h"
#include "reach/suppression.h"
#include "reach/waits.h"
#include "reach/walk.h"
#include "support/digest.h"
#include "support/text.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

namespace killify {
namespace {

std::string finding_id(const Finding& finding, int nth) {
  auto key = fmt::format("{}:{}", finding.handler.file, finding.handler.function);
  for (const auto& hop : finding.chain) key += fmt::format(">{}:{}", hop.file, hop.function);
  key += fmt::format(">{}#{}", finding.sink.name, nth);
  return sha256(key).substr(0, 12);
}

// A handler that is audited.
struct Root {
  const Handler* handler = nullptr;
  NodeId node = 0;
  // Of the handler and of all that register it: whose functions are behind fields.
  std::set<std::string> drivers;
  Relevant relevant;
};

class Auditor {
 public:
  Auditor(TreeFacts& facts, const SeriesSpec& spec, const std::vector<std::string>& paths)
      : facts_(facts),
        spec_(spec),
        paths_(paths),
        boundaries_(spec),
        names_(facts, spec.commit.prefixes),
        types_(facts, names_),
        bodies_(facts, types_),
        pointers_(facts, names_, types_, spec.roots),
        kinds_(facts, names_, types_, pointers_, spec.roots),
        walker_(facts, names_, types_, bodies_, pointers_, boundaries_, spec.catalogue),
        note_taker_(facts, names_) {}

  Result<Audit> run() {
    KILLIFY_TRY(handlers_, find_handlers(facts_, spec_.roots));
    choose_roots();
    KILLIFY_CHECK(read_what_matters());
    fault_only_.emplace(facts_, names_, handlers_);
    for (const auto& root : roots_) {
      KILLIFY_TRY(auto reached, walk_from(root));
      looked_at_ = "every way here";
      if (!root.relevant.edge.empty())
        looked_at_ += fmt::format(" of up to {} functions", kMaxChain);
      for (const auto& one : reached) KILLIFY_CHECK(add_finding(*root.handler, one));
    }
    for (const auto& root : roots_) {
      KILLIFY_TRY(auto notes, note_taker_.of(*root.handler, root.relevant.nodes));
      result_.notes.insert(result_.notes.end(), notes.begin(), notes.end());
    }
    KILLIFY_CHECK(settle_in_place());
    KILLIFY_CHECK(follow_signals());
    std::sort(
        result_.findings.begin(), result_.findings.end(), [](const Finding& a, const Finding& b) {
          return std::tie(a.handler.file, a.handler.line, a.sink.file, a.sink.line, a.sink.name) <
                 std::tie(b.handler.file, b.handler.line, b.sink.file, b.sink.line, b.sink.name);
        });
    join_waits(result_.findings, spec_.catalogue);
    measure_coverage();
    tell_unresolved();
    KILLIFY_CHECK(tell_unseen());
    return std::move(result_);
  }

 private:
  // Handlers that are defined or registered below the paths asked for. One that is defined
  // elsewhere has to be what the registration means.
  void choose_roots() {
    std::set<std::pair<std::string, std::string>> chosen;
    for (const auto& one : handlers_.registrations) {
      const bool is_meant = !handlers_.unclear.contains({one.registered_in, one.registered_line});
      if (!is_below(one.file, paths_) && !(is_meant && is_below(one.registered_in, paths_)))
        continue;
      result_.handlers.push_back(one);
      chosen.emplace(one.file, one.function);
    }
    for (const auto& handler : handlers_.all) {
      if (!chosen.contains({handler.file, handler.function})) continue;
      Root root{&handler, names_.id_of(handler.function, handler.file), {}, {}};
      root.drivers.insert(names_.driver(handler.file));
      for (const auto& one : handlers_.registrations)
        if (one.file == handler.file && one.function == handler.function)
          root.drivers.insert(names_.driver(one.registered_in));
      roots_.push_back(std::move(root));
    }
  }

  Status read_what_matters() {
    Relevance relevance(facts_, names_, types_, pointers_, spec_.catalogue, boundaries_);
    std::map<std::string, std::set<std::string>> functions;
    for (auto& root : roots_) {
      KILLIFY_TRY(root.relevant, relevance.of(root.node, root.drivers));
      note_open_calls(root);
      edge_.insert(root.relevant.edge.begin(), root.relevant.edge.end());
      for (auto id : root.relevant.nodes) {
        if (!names_[id].is_macro) functions[names_[id].file].insert(names_[id].name);
        KILLIFY_TRY(const auto* setters, relevance.setters(id));
        for (auto setter : *setters) functions[names_[setter].file].insert(names_[setter].name);
      }
    }
    KILLIFY_TRY(auto masking, masking_functions(facts_));
    for (const auto& [file, names] : masking) functions[file].insert(names.begin(), names.end());
    return facts_.read_parts(functions, false,
                             fmt::format("Reading what {} can reach", spec_.words.roots));
  }

  // Adds what it is not known of where it leads, from one handler.
  void note_open_calls(const Root& root) {
    auto handler =
        static_cast<std::size_t>(std::find_if(result_.handlers.begin(), result_.handlers.end(),
                                              [&](const Handler& one) {
                                                return one.function == root.handler->function &&
                                                       one.file == root.handler->file;
                                              }) -
                                 result_.handlers.begin());
    for (const auto& open : root.relevant.open) {
      auto [it, added] = unresolved_.try_emplace({open.call.kind, open.call.callee});
      auto& [group, places] = it->second;
      if (added) {
        group.kind = open.call.kind;
        group.callee = open.call.callee;
        group.handler = open.call.handler;
        group.depth = open.depth;
      }
      group.depth = std::min(group.depth, open.depth);
      places.emplace(names_[open.in].file, open.call.line);
      if (group.handlers.empty() || group.handlers.back() != handler)
        group.handlers.push_back(handler);
    }
  }

  void tell_unresolved() {
    constexpr std::size_t kTold = 3;
    for (auto& [key, known] : unresolved_) {
      auto& [group, places] = known;
      group.calls = places.size();
      for (const auto& [file, line] : places)
        if (group.places.size() < kTold) group.places.push_back(fmt::format("{}:{}", file, line));
      result_.coverage.unresolved.push_back(std::move(group));
    }
    auto key = [](const UnresolvedCall& call) {
      return std::tuple(!call.handler, call.depth, call.kind, std::string_view(call.callee));
    };
    std::sort(result_.coverage.unresolved.begin(), result_.coverage.unresolved.end(),
              [&](const UnresolvedCall& a, const UnresolvedCall& b) { return key(a) < key(b); });
  }

  Result<std::vector<Reached>> walk_from(const Root& root) {
    std::vector<Handler> registrations;
    for (const auto& one : handlers_.registrations)
      if (one.file == root.handler->file && one.function == root.handler->function)
        registrations.push_back(one);
    KILLIFY_TRY(const auto kinds, kinds_.of(registrations));
    Environment given;
    if (!kinds.empty()) {
      KILLIFY_TRY(const auto* body, bodies_.of(root.node, names_[root.node]));
      for (const auto& one : spec_.roots)
        if (!one.object.empty() && !body->parameters.empty())
          given[body->parameters.front().name] = object_at(members_of_path(one.object), 0);
    }
    return walker_.walk(root.node, root.drivers, root.relevant, given, kinds);
  }

  // What leads to the object, as a value.
  static Value object_at(const std::vector<std::string>& path, std::size_t at) {
    if (at == path.size()) return Value::place("");
    Object object;
    object.fields[path[at]] = object_at(path, at + 1);
    return Value::of(std::make_shared<const Object>(std::move(object)));
  }

  // What the series names as no root of its own, and what is written in another language.
  Status tell_unseen() {
    auto& unseen = result_.coverage.unseen;
    for (const auto& [function, why] : spec_.unseen) {
      KILLIFY_TRY(auto files, facts_.files_defining(function));
      for (const auto& file : files)
        unseen.push_back(fmt::format("{}() ({}): {}", function, file, why));
    }
    if (auto lacking = facts_.snapshot().lacking; !lacking.empty()) {
      constexpr std::size_t kNamed = 10;
      const auto count = counted(lacking.size(), "file");
      if (lacking.size() > kNamed) {
        const auto more = lacking.size() - kNamed;
        lacking.resize(kNamed);
        lacking.push_back(fmt::format("{} more", more));
      }
      unseen.push_back(
          fmt::format("{} that this partial clone lacks: {}", count, list_in_words(lacking)));
    }
    std::vector<std::string> rust;
    for (const auto& entry : facts_.snapshot().entries) {
      if (!entry.path.ends_with(".rs")) continue;
      KILLIFY_TRY(auto text, facts_.text(entry.path));
      if (std::any_of(spec_.roots.begin(), spec_.roots.end(), [&](const RootSpec& root) {
            const std::vector<std::string> table{root.struct_name};
            return std::ranges::any_of(
                root.argument ? root.takers : table,
                [&](const std::string& name) { return text.find(name) != std::string::npos; });
          }))
        rust.push_back(entry.path);
    }
    if (!rust.empty())
      unseen.push_back(
          fmt::format("Rust, of which {} the tables of handlers: {}",
                      rust.size() == 1 ? "a file names" : fmt::format("{} files name", rust.size()),
                      join(rust, ", ")));
    return {};
  }

  Status add_finding(const Handler& handler, const Reached& reached) {
    Finding finding;
    finding.handler = handler;
    finding.sink = reached.call;
    finding.chain = reached.chain;
    finding.other_chains = reached.other_chains;
    finding.condition = reached.sink->condition.kind == SinkCondition::Kind::kAlways &&
                                reached.condition.by_constants
                            ? "always"
                        : reached.condition.holds == Truth::kTrue  ? "true"
                        : reached.condition.holds == Truth::kFalse ? "false"
                                                                   : "unknown";
    finding.on_signal = "unknown";
    finding.unknown_conditions = reached.open_guards;
    finding.id = finding_id(finding, nth_[finding_id(finding, 0)]++);
    KILLIFY_CHECK(judge(reached, finding));
    result_.findings.push_back(std::move(finding));
    return {};
  }

  Status judge(const Reached& reached, Finding& finding) {
    auto decide = [&](Verdict verdict, std::string reason) {
      finding.verdict = verdict;
      finding.reason = std::move(reason);
    };
    const auto& decides = reached.condition.decides;
    KILLIFY_TRY(const auto exception, exception_of(facts_, spec_.exceptions, finding));
    if (exception) {
      decide(exception->safe ? Verdict::kSafe : Verdict::kReview, exception->reason);
      return {};
    }
    KILLIFY_TRY(auto blocker, blocker_of(finding));
    KILLIFY_TRY(const auto* sketch, facts_.sketch(finding.sink.file));
    const bool aside = puts_aside(*sketch, finding.sink);
    if (!blocker.empty()) {
      decide(Verdict::kSuppressed,
             fmt::format("{}() blocks all signals but SIGKILL around it", blocker));
    } else if (reached.condition.holds == Truth::kFalse) {
      decide(Verdict::kSafe, fmt::format("'{}' says otherwise on {}", decides, looked_at_));
    } else if (aside) {
      decide(Verdict::kSafe, "it puts the signal aside (clears TIF_SIGPENDING) and goes on");
    } else if (!reached.doubt.empty()) {
      decide(Verdict::kReview, reached.doubt);
    } else if (finding.chain.size() > kMaxCertainChain) {
      finding.only_deep = true;
      decide(Verdict::kReview,
             fmt::format("{} calls deep, and nothing is known of {} conditions on the way: look "
                         "whether a {} gets there",
                         finding.chain.size(), reached.open_guards, spec_.words.event));
    } else if (reached.condition.holds == Truth::kUnknown) {
      decide(Verdict::kReview,
             fmt::format("whether it sleeps interruptibly depends on '{}'", decides));
    } else if (!reached.condition.by_constants) {
      decide(Verdict::kThread, fmt::format("'{}' decides, and says so on this way", decides));
    } else {
      KILLIFY_TRY(auto objection, fault_only_->objection(reached.holder));
      if (objection.empty())
        decide(Verdict::kConvert, fmt::format("only {} come here", spec_.words.roots));
      else
        decide(Verdict::kThread,
               fmt::format("{}() is shared: {}", finding.sink.function, objection));
    }
    return {};
  }

  // Where the tree has what a strategy brings, no sleep counts any more.
  Status settle_in_place() {
    KILLIFY_TRY(const auto* strategy, strategy_in_place(facts_, spec_.strategies));
    if (strategy == nullptr) return {};
    for (auto& finding : result_.findings) {
      if (is_settled(finding)) continue;
      finding.verdict = Verdict::kSuppressed;
      finding.reason = strategy->reason;
    }
    return {};
  }

  // What each handler makes of the signal.
  Status follow_signals() {
    std::vector<SleepPath> paths;
    std::vector<Finding*> asked;
    for (auto& finding : result_.findings) {
      if (finding.verdict == Verdict::kSafe) continue;
      const auto* sink = spec_.catalogue.find(finding.sink.name);
      paths.push_back({finding.chain, sink->name, sink->error});
      asked.push_back(&finding);
    }
    SignalResults signals(
        ask_with(facts_.coccinelle()),
        [this](const std::string& path) { return facts_.sketch(path); },
        locate_in_snapshot(facts_));
    KILLIFY_CHECK(signals.ask_ahead(paths));
    auto walk = error_walk(facts_, Pending::kSignal);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      KILLIFY_TRY(auto exits, signals.exits(paths[i]));
      KILLIFY_TRY(const auto ways, walk.ways(paths[i]));
      // Where the semantic patch cannot tell, the tokens may; they also see more loops.
      if (std::ranges::all_of(exits, [](const SignalExit& exit) {
            return exit.returns == "unknown" && exit.translator.empty();
          }))
        exits = exits_of(ways.ends);
      else if (!ways.repeats.empty())
        exits.push_back({.returns = "ignored", .loops = true, .translator = {}});
      auto& finding = *asked[i];
      auto worst = worst_exit(exits);
      finding.on_signal = worst.returns;
      if (worst.returns == "VM_FAULT_RETRY")
        finding.mmap_lock = worst.mmap_lock_dropped ? "dropped" : "held";
      for (const auto& exit : exits)
        if (exit.returns == finding.on_signal && finding.translator.empty())
          finding.translator = exit.translator;
    }
    return {};
  }

  Result<std::string> blocker_of(const Finding& finding) {
    if (!maskers_) {
      KILLIFY_TRY(auto found, signal_maskers(facts_));
      maskers_ = std::move(found);
    }
    return blocked_by(facts_, finding.chain, finding.sink, *maskers_);
  }

  void measure_coverage() {
    auto& coverage = result_.coverage;
    coverage.edge = edge_.size();
    for (const auto& note : handlers_.unresolved)
      if (is_below(note.substr(0, note.find(':')), paths_)) coverage.notes.push_back(note);
    for (const auto& [path, known] : facts_.read_so_far()) {
      const auto& facts = *known;
      ++coverage.files;
      switch (facts.status) {
        case ParseStatus::kComplete:
          ++coverage.complete;
          break;
        case ParseStatus::kPartial:
          ++coverage.partial;
          break;
        case ParseStatus::kFailed:
          ++coverage.failed;
          break;
        case ParseStatus::kTimedOut:
          ++coverage.timed_out;
          break;
      }
      for (const auto& range : facts.lost) coverage.lost.push_back({path, range});
    }
    auto unanswered = facts_.coccinelle().unanswered();
    coverage.unanswered = unanswered.size();
    unanswered.erase(std::unique(unanswered.begin(), unanswered.end()), unanswered.end());
    coverage.notes.insert(coverage.notes.end(), unanswered.begin(), unanswered.end());
  }

  TreeFacts& facts_;
  const SeriesSpec& spec_;
  const std::vector<std::string>& paths_;
  Boundaries boundaries_;
  Names names_;
  Types types_;
  Bodies bodies_;
  OpsPointers pointers_;
  ObjectKinds kinds_;
  Walker walker_;
  NoteTaker note_taker_;
  Handlers handlers_;
  std::vector<Root> roots_;
  std::optional<FaultOnly> fault_only_;
  std::optional<SignalMaskers> maskers_;
  // By kind and name: what is called, and the places in order.
  std::map<std::pair<UnresolvedCall::Kind, std::string>,
           std::pair<UnresolvedCall, std::set<std::pair<std::string, int>>>>
      unresolved_;
  std::string looked_at_;           // of the handler at hand: "every way here"
  std::set<NodeId> edge_;           // where searches ended
  std::map<std::string, int> nth_;  // of findings that are alike but for the line
  Audit result_;
};

}  // namespace

Locate locate_in_snapshot(TreeFacts& facts) {
  return [&facts](const std::string& function, const std::string& path) -> Result<std::string> {
    KILLIFY_TRY(const auto* here, facts.sketch(path));
    for (const auto& extent : here->functions())
      if (extent.name == function) return path;
    KILLIFY_TRY(auto found, facts.files_defining(function));
    found = facts.linkage().of_its_module(path, std::move(found));
    // Several definitions (one per architecture) may differ: then it is not known which is meant.
    return found.size() == 1 ? found.front() : std::string();
  };
}

LocateMacro locate_macro_in_snapshot(TreeFacts& facts) {
  return
      [&facts](std::string_view name, const std::string& path) -> Result<const MacroDefinition*> {
        std::vector<std::string> files = {path};
        KILLIFY_TRY(const auto defining, facts.files_defining_macro(std::string(name)));
        std::ranges::copy_if(defining, std::back_inserter(files),
                             [](const std::string& file) { return file.ends_with(".h"); });
        const MacroDefinition* found = nullptr;
        for (std::size_t i = 0; i < files.size(); ++i) {
          KILLIFY_TRY(const auto* sketch, facts.sketch(files[i]));
          for (const auto& macro : sketch->macros()) {
            if (macro.name != name) continue;
            if (found != nullptr) return nullptr;  // it is not known which is meant
            found = &macro;
          }
          if (i == 0 && found != nullptr) return found;
        }
        return found;
      };
}

ErrorWalk error_walk(TreeFacts& facts, Pending pending) {
  return {[&facts](const std::string& path) { return facts.sketch(path); },
          locate_in_snapshot(facts), locate_macro_in_snapshot(facts), pending};
}

bool is_below(const std::string& file, const std::vector<std::string>& paths) {
  return paths.empty() || std::any_of(paths.begin(), paths.end(), [&](const std::string& path) {
           return path.empty() || file == path || file.starts_with(path + "/");
         });
}

Result<Audit> audit(TreeFacts& facts, const SeriesSpec& spec,
                    const std::vector<std::string>& paths) {
  return Auditor(facts, spec, paths).run();
}

}  // namespace killify
