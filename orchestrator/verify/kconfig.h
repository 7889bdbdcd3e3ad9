// What the tree's Kconfig files say of symbols, as text: enough to propose what to switch on and to
// say what is missing. Whether it then is on, the tree's own conf decides.
#pragma once

#include "support/error.h"
#include "tree/repository.h"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

struct KconfigSymbol {
  std::vector<std::string> files;        // where it is defined
  std::vector<std::string> depends;      // of all definitions
  std::vector<std::string> selected_by;  // symbols
  bool prompt = false;                   // can be set by hand
  bool has_default = false;
};

class Kconfig {
 public:
  [[nodiscard]] static Result<Kconfig> read(const Repository& repository, const Snapshot& snapshot);
  // Reads one file's text.
  void add(const std::string& file, std::string_view text);

  [[nodiscard]] const KconfigSymbol* find(const std::string& symbol) const;
  // The symbol and what it depends on, as far as it can be set by hand; of one that cannot, what
  // selects it.
  [[nodiscard]] std::vector<std::string> to_enable(const std::string& symbol) const;
  // What has to be off for that: COMPILE_TEST of "depends on EXPERT && !COMPILE_TEST".
  [[nodiscard]] std::vector<std::string> in_the_way(const std::string& symbol) const;
  // What the symbol depends on that architectures may select (arch/Kconfig declares it) and none of
  // this tree does: the tree alone cannot switch it on.
  [[nodiscard]] std::vector<std::string> unselected(const std::string& symbol) const;
  // The symbol and those that select it, and so on: to be unset.
  [[nodiscard]] std::vector<std::string> to_disable(const std::string& symbol) const;
  // The architecture (a directory of arch/) whose files alone define the symbol; "" if others do.
  [[nodiscard]] std::string only_in_arch(const std::string& symbol) const;

 private:
  [[nodiscard]] std::vector<std::string> with_dependencies(const std::string& symbol) const;
  std::map<std::string, KconfigSymbol> symbols_;
};

// What decides a configuration: Kconfig files, and the program that reads them.
[[nodiscard]] std::string kconfig_digest(const Snapshot& snapshot);

// The names of an expression that are not negated or compared with n.
[[nodiscard]] std::vector<std::string> names_wanted(std::string_view expression);

// The symbols of a .config that are y or m, and X_MODULE for each X that is m, as C code sees it.
[[nodiscard]] std::set<std::string> enabled_symbols(std::string_view config);

}  // namespace killify
