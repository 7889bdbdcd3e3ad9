// What is wrong with a handler whether or not it sleeps: results that its caller takes for
// something else, failures that make the core ask again at once, and signals that stay blocked.
//
// By the tokens of the handler, and of the functions whose result it returns. Only what is written
// there is told: where a result comes from elsewhere, there is no note.
#pragma once

#include "facts/flow.h"
#include "facts/tree_facts.h"
#include "reach/finding.h"
#include "reach/names.h"
#include "support/error.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace killify {

class NoteTaker {
 public:
  NoteTaker(TreeFacts& facts, Names& names) : facts_(facts), names_(names) {}

  // The notes on one handler, sorted by place. `relevant`: the functions between it and its sleeps;
  // in these signals may be blocked.
  [[nodiscard]] Result<std::vector<Note>> of(const Handler& handler,
                                             const std::unordered_set<NodeId>& relevant);

 private:
  struct Function {
    NodeId node = 0;
    std::vector<std::string> way;  // from the handler to it
    bool no_retry = false;         // FAULT_FLAG_ALLOW_RETRY was taken away before
  };
  // What a function does with the mask of blocked signals.
  struct Masking {
    bool blocks = false;
    bool restores = false;
    std::string spared;  // of those that it blocks: "SIGTERM"; "" where only SIGKILL is left out
  };
  using Flows = std::vector<std::unique_ptr<const Flow>>;

  [[nodiscard]] Result<const Flows*> flows(const Node& node);
  [[nodiscard]] Status look_at(const Handler& handler, const Function& function,
                               std::vector<Function>& further, std::vector<Note>& notes);
  [[nodiscard]] Status find_masking();
  [[nodiscard]] Result<Masking> masking_of(Code code, const Node& node);
  [[nodiscard]] Status look_at_signals(const Handler& handler, const Node& node,
                                       std::vector<Note>& notes);

  TreeFacts& facts_;
  Names& names_;
  std::map<std::pair<std::string, std::string>, Flows> flows_;  // by file and function
  std::unordered_map<NodeId, Masking> wrappers_;                // functions that do one of both
  std::optional<std::unordered_set<NodeId>> masking_;  // those that do both, by wrappers or not
};

}  // namespace killify
