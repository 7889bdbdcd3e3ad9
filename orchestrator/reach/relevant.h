// Which functions can lie between a handler and a sleep, on a way of at most kMaxChain functions: a
// search over the tokens' view of the files, which misses nothing and judges nothing. Only the
// files of these functions are parsed.
#pragma once

#include "reach/boundaries.h"
#include "reach/finding.h"
#include "reach/names.h"
#include "reach/ops_pointers.h"
#include "reach/types.h"
#include "spec/series_spec.h"
#include "support/error.h"

#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace killify {

// Whether the search stops at a call. A static function that has the name of a boundary is none.
[[nodiscard]] Result<bool> is_boundary(Boundaries& boundaries, TreeFacts& facts,
                                       const std::string& callee, const std::string& file);

// Functions from a handler to a sleep, both counted. Further away none is looked for: of 107 sleeps
// of 6.1 and 112 of 7.3 that a person confirmed none is more than 15 functions away.
constexpr std::size_t kMaxChain = 16;

// A call that leads nowhere, or not to all that it can mean.
struct OpenCall {
  UnresolvedCall::Kind kind = UnresolvedCall::Kind::kName;
  std::string callee;  // "memcpy", "vm_operations_struct->fault"
  bool handler = false;
  int line = 0;
  // NOLINTNEXTLINE(modernize-use-nullptr): no pointers are compared here
  auto operator<=>(const OpenCall&) const = default;
};

// A call through a field of a struct, "" where that is not known.
struct FieldCall {
  std::string field;
  std::string in;
  int line = 0;
  // NOLINTNEXTLINE(modernize-use-nullptr): no pointers are compared here
  auto operator<=>(const FieldCall&) const = default;
};

// The calls of a function as its tokens show them.
struct Outgoing {
  bool sleeps = false;          // it calls a primitive of the catalogue
  std::vector<NodeId> callees;  // by name
  // Fields that are called through or passed on, each with its struct, "" where that is not known.
  std::vector<std::pair<std::string, std::string>> fields;
  // Callees that are given a function, by name or in a field of this function's `fields`.
  std::vector<std::pair<NodeId, NodeId>> given;
  std::vector<std::pair<NodeId, std::pair<std::string, std::string>>> given_fields;
  std::vector<FieldCall> field_calls;  // those among `fields` that are calls
  std::vector<OpenCall> open;          // whoever comes here
};

// What a function does with those that it is given as arguments.
struct Taken {
  bool calls = false;
  std::vector<NodeId> passes_to;
};

struct Relevant {
  std::unordered_set<NodeId> nodes;  // through which the handler can reach a sleep
  // What the functions that it can reach call without its being known what: each with the function
  // and how many calls that is away.
  struct Open {
    OpenCall call;
    NodeId in = 0;
    std::size_t depth = 0;
  };
  std::vector<Open> open;
  // Functions at the end of the search, kMaxChain away, that call others.
  std::vector<NodeId> edge;
};

class Relevance {
 public:
  Relevance(TreeFacts& facts, Names& names, Types& types, OpsPointers& pointers,
            const Catalogue& catalogue, Boundaries& boundaries);

  // `drivers` are those whose functions a call through a field can mean, beside the caller's own.
  [[nodiscard]] Result<Relevant> of(NodeId handler, const std::set<std::string>& drivers);
  // The functions that a function or macro hands the address of a variable, and that assign to a
  // field: what they put into a context object decides elsewhere.
  [[nodiscard]] Result<const std::vector<NodeId>*> setters(NodeId id);

 private:
  [[nodiscard]] Status sketch_callees(const std::vector<NodeId>& level,
                                      const std::set<std::string>& drivers);
  [[nodiscard]] Result<const Outgoing*> outgoing(NodeId node);
  [[nodiscard]] Status add_call(std::string_view callee, const Node& node, int line,
                                const std::set<std::string>& parameters, Outgoing& out);
  [[nodiscard]] Status add_field_call(const Sketch& sketch, const SketchCall& call,
                                      const Node& node, const StructNames& variables,
                                      Outgoing& out);
  [[nodiscard]] Status add_arguments(const Sketch& sketch, const SketchCall& call,
                                     const std::string& file, const StructNames& variables,
                                     Outgoing& out);
  [[nodiscard]] Result<const Taken*> taken_by(NodeId id);
  [[nodiscard]] Status add_setters(std::string_view callee,
                                   const std::vector<std::string>& arguments,
                                   const std::string& file, std::vector<NodeId>& found);
  [[nodiscard]] Result<bool> sets_fields(const Node& node);
  [[nodiscard]] Result<Outgoing> of_function(const Node& node);
  [[nodiscard]] Result<Outgoing> of_macro(const Node& node);

  TreeFacts& facts_;
  Names& names_;
  Types& types_;
  OpsPointers& pointers_;
  Boundaries& boundaries_;
  std::unordered_map<std::string, const Sink*> sinks_;
  std::unordered_map<NodeId, Outgoing> outgoing_;
  std::unordered_map<NodeId, Taken> taken_;
  std::unordered_map<NodeId, std::vector<NodeId>> setters_;
};

}  // namespace killify
