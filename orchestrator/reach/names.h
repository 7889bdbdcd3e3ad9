// What a name means in a file: the functions and macros that a call can reach.
#pragma once

#include "facts/tree_facts.h"
#include "spec/series_spec.h"
#include "support/error.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace killify {

// A function or a macro that calls; static functions of one name in two files are two.
struct Node {
  std::string name;
  std::string file;
  bool is_macro = false;
};
using NodeId = std::size_t;

// A function that a driver binds to a field.
struct BoundTarget {
  NodeId node;
  std::string file;  // of the binding
  int line = 0;
};

class Names {
 public:
  Names(TreeFacts& facts, const std::vector<SubjectPrefix>& prefixes)
      : facts_(facts), prefixes_(prefixes) {}

  [[nodiscard]] const Node& operator[](NodeId id) const { return nodes_[id]; }
  [[nodiscard]] NodeId id_of(const std::string& name, const std::string& file,
                             bool is_macro = false);

  // What `name` means in a call in `file`, as C has it: a function or macro of the file, else one
  // of a header that it can see, or an external definition. Several where configurations or
  // architectures differ; empty where the tree has none.
  [[nodiscard]] Result<std::vector<NodeId>> resolve(const std::string& name,
                                                    const std::string& file);

  // What the files of a driver bind to a field, whatever the struct.
  [[nodiscard]] Result<std::vector<BoundTarget>> bound_in(const std::string& driver,
                                                          const std::string& field);

  [[nodiscard]] const std::string& driver(const std::string& file);

 private:
  [[nodiscard]] Result<std::vector<NodeId>> look_up(const std::string& name,
                                                    const std::string& file);
  [[nodiscard]] bool can_mean(const std::string& candidate, const std::string& file);

  TreeFacts& facts_;
  const std::vector<SubjectPrefix>& prefixes_;
  std::vector<Node> nodes_;
  std::map<std::pair<std::string, std::string>, NodeId> ids_;  // by file and name
  std::map<std::pair<std::string, std::string>, std::vector<NodeId>> resolved_;
  std::map<std::pair<std::string, std::string>, std::vector<BoundTarget>> bound_;
  std::map<std::string, std::vector<const TreeEntry*>> files_with_field_;
  std::map<std::string, std::string> drivers_;
};

}  // namespace killify
