// Which objects a handler can be given: a driver that chooses its table of handlers by what an
// object is ("if (obj->ops->mmap_ops) ... else vma->vm_ops = &vm_ops_cpu") never hands the others
// to the handlers of that table.
//
// Believed only where all of it is seen: every place that names the table, on which ways these are
// come to, and that what is kept beside the table leads to the object that was asked about.
#pragma once

#include "facts/tree_facts.h"
#include "reach/finding.h"
#include "reach/names.h"
#include "reach/ops_pointers.h"
#include "reach/types.h"
#include "spec/series_spec.h"
#include "support/error.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

// What is known of the object behind a handler.
struct ObjectKind {
  std::string place;  // of a pointer to a table, from what the root says: "->obj->ops"
  std::string field;  // that such a table fills in or not; "" where the table itself is compared
  std::string table;  // which one, where `field` is ""
  bool holds = true;
  // NOLINTNEXTLINE(modernize-use-nullptr): no pointers are compared here
  auto operator<=>(const ObjectKind&) const = default;
};

class ObjectKinds {
 public:
  ObjectKinds(TreeFacts& facts, Names& names, Types& types, OpsPointers& pointers,
              const std::vector<RootSpec>& roots)
      : facts_(facts), names_(names), types_(types), pointers_(pointers), roots_(roots) {}

  // What holds of every object that these registrations, all of one handler, hand to it.
  [[nodiscard]] Result<std::vector<ObjectKind>> of(const std::vector<Handler>& registrations);

 private:
  friend class InstalledAt;
  using Kinds = std::vector<ObjectKind>;

  [[nodiscard]] Result<Kinds> of_table(const std::string& table, const std::string& file);
  [[nodiscard]] Result<Kinds> installed_in(const std::string& table, const std::string& file,
                                           std::size_t& places);
  [[nodiscard]] Result<bool> changes(const std::string& in, const std::string& field,
                                     const std::string& of, const std::string& file);

  TreeFacts& facts_;
  Names& names_;
  Types& types_;
  OpsPointers& pointers_;
  const std::vector<RootSpec>& roots_;
  std::map<std::pair<std::string, std::string>, Kinds> known_;  // by table and file
};

// "vma" and "vm_private_data" of "vma->vm_private_data".
[[nodiscard]] std::vector<std::string> members_of_path(std::string_view path);

}  // namespace killify
