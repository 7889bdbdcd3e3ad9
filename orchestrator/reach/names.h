// What a name means in a file: the functions and macros that a call can reach.
#pragma once

#include "facts/tree_facts.h"
#include "spec/series_spec.h"
#include "support/error.h"
#include "support/pair_map.h"

#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
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
  std::string in;    // the struct, "" where it is not known
  std::string file;  // of the binding
  int line = 0;
  bool initialised = true;  // false: assigned in a function
};

// Programs that run on another machine, before the kernel, or to test it: no driver calls them.
[[nodiscard]] bool is_no_kernel_code(std::string_view path);

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

  // What can be behind a field that a function of `file` calls through: what the file itself binds
  // to it, the files of its module (of one directory, with a private header in common; below the
  // directory, where they bind it to that very struct and are few), or one of `drivers`. Where the
  // struct of the call or of a binding is not known ("" and ""), both have to be of one driver. In
  // the order of the files.
  [[nodiscard]] Result<std::vector<BoundTarget>> bound_to(const std::string& field,
                                                          const std::string& in,
                                                          const std::string& file,
                                                          const std::set<std::string>& drivers);
  // The files that resolve() and bound_to() look into, where they were not asked before: to be
  // sketched together.
  void add_definers(const std::string& name, const std::string& file,
                    std::set<const TreeEntry*>& files) const;
  void add_binders(const std::string& field, const std::set<std::string>& drivers,
                   std::set<const TreeEntry*>& files);
  // Whether it is a static function.
  [[nodiscard]] Result<bool> is_static(NodeId id);
  // Whether two files are the same driver's, as far as a call through a field goes.
  [[nodiscard]] Result<bool> are_near(const std::string& a, const std::string& b);

  [[nodiscard]] const std::string& driver(const std::string& file);

 private:
  // Of a SketchBinding what is asked of a file that is not kept.
  struct Binding {
    std::string field;
    std::string target;
    std::string in;
    int line = 0;
    bool outside = false;  // of functions
  };
  [[nodiscard]] Result<const std::vector<Binding>*> bindings_of(const std::string& file);
  // What a file includes from beside it, as written: "\"i915_drv.h\"".
  [[nodiscard]] Result<const std::set<std::string>*> own_headers(const std::string& file);
  [[nodiscard]] Result<const std::vector<BoundTarget>*> bound_in(const std::string& file,
                                                                 const std::string& field);
  [[nodiscard]] Result<const std::vector<BoundTarget>*> bound_by(const std::string& driver,
                                                                 const std::string& field);
  [[nodiscard]] Result<std::vector<NodeId>> look_up(const std::string& name,
                                                    const std::string& file);
  [[nodiscard]] Status drop_hidden(const std::string& name, const std::string& file,
                                   std::vector<std::pair<std::string, bool>>& found);
  [[nodiscard]] bool can_mean(const std::string& candidate, const std::string& file);

  TreeFacts& facts_;
  const std::vector<SubjectPrefix>& prefixes_;
  std::deque<Node> nodes_;                       // references stay valid
  PairMap<NodeId> ids_;                          // by file and name
  PairMap<std::vector<NodeId>> resolved_;        // by file and name
  PairMap<std::vector<BoundTarget>> bound_;      // by file and field
  PairMap<std::vector<BoundTarget>> by_driver_;  // by driver and field
  // By field: the files that name it, by directory and by driver.
  struct FieldFiles {
    std::unordered_map<std::string, std::vector<const TreeEntry*>> by_directory;
    std::unordered_map<std::string, std::vector<const TreeEntry*>> by_driver;
  };
  [[nodiscard]] Result<const std::vector<BoundTarget>*> bound_below(const std::string& directory,
                                                                    const std::string& field);
  [[nodiscard]] const FieldFiles& files_with_field(const std::string& field);
  std::unordered_map<std::string, FieldFiles> field_files_;
  PairMap<std::vector<BoundTarget>> below_;  // by directory and field
  std::unordered_map<std::string, std::string> drivers_;
  std::unordered_map<std::string, std::vector<Binding>> bindings_;
  std::unordered_map<std::string, std::set<std::string>> own_headers_;
};

}  // namespace killify
