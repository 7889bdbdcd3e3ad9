#include "verify/gates.h"

#include "support/text.h"

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <sstream>

namespace killify {
namespace {

namespace fs = std::filesystem;

// "drm-$(CONFIG_X) += a.o b.o" under "ifdef CONFIG_Y".
struct Assignment {
  std::string list;  // "obj", "drm", "lib"
  Gates gates;       // X, Y
  std::vector<std::string> members;
};

std::vector<Assignment> read_makefile(std::string_view text) {
  static const std::regex kAssignment(
      R"(^\s*([\w.-]+?)-(y|m|objs|\$\(CONFIG_(\w+)\))\s*[:+]?=\s*(.*)$)");
  static const std::regex kIf(
      R"(^\s*if(?:def\s+CONFIG_(\w+)|eq\s*\(\$\(CONFIG_(\w+)\),\s*[ym]\)))");
  std::vector<Assignment> assignments;
  std::vector<std::string> open;  // symbols of the conditionals, "" for one that is not understood
  std::string joined;
  for (const std::string& raw : split_lines(text)) {
    joined += raw.substr(0, raw.find('#'));
    if (joined.ends_with('\\')) {
      joined.back() = ' ';
      continue;
    }
    const std::string line = std::exchange(joined, {});
    const std::string_view word = trim(line);
    std::smatch match;
    if (std::regex_search(line, match, kIf)) {
      open.push_back(match[1].matched ? match[1] : match[2]);
    } else if (word.starts_with("if")) {
      open.emplace_back();
    } else if (word.starts_with("else")) {
      if (!open.empty()) open.back().clear();
    } else if (word.starts_with("endif")) {
      if (!open.empty()) open.pop_back();
    } else if (std::regex_match(line, match, kAssignment)) {
      Assignment one{match[1], {}, {}};
      if (match[3].matched) one.gates.push_back(match[3]);
      for (const std::string& symbol : open)
        if (!symbol.empty()) one.gates.push_back(symbol);
      std::istringstream members(match[4]);
      for (std::string member; members >> member;) one.members.push_back(std::move(member));
      assignments.push_back(std::move(one));
    }
  }
  return assignments;
}

class MakefileReader {
 public:
  MakefileReader(const Repository& repository, const Snapshot& snapshot)
      : repository_(repository), snapshot_(snapshot) {}

  [[nodiscard]] Result<std::vector<Gates>> object(const std::string& object) {
    const fs::path path = fs::path(object).lexically_normal();
    for (fs::path directory = path.parent_path(); !directory.empty();
         directory = directory.parent_path()) {
      KILLIFY_TRY(const auto makefile, in(directory));
      std::vector<Gates> found;
      std::set<std::string> asked;
      owners(makefile, path.lexically_relative(directory).string(), {}, asked, found);
      if (found.empty()) continue;
      KILLIFY_TRY(const auto above, this->directory(directory));
      return combined(found, above);
    }
    return std::vector<Gates>();
  }

 private:
  // What a directory needs to be entered.
  [[nodiscard]] Result<std::vector<Gates>> directory(const fs::path& path) {
    // The top of the tree names its directories, and the makefile of an architecture its own.
    if (path.empty() || !path.has_parent_path() || *path.begin() == "arch")
      return std::vector<Gates>{{}};
    for (fs::path above = path.parent_path(); !above.empty(); above = above.parent_path()) {
      KILLIFY_TRY(const auto makefile, in(above));
      const std::string name = path.lexically_relative(above).string() + "/";
      std::vector<Gates> found;
      for (const Assignment& one : makefile)
        if (one.list == "obj" && std::ranges::find(one.members, name) != one.members.end())
          found.push_back(one.gates);
      if (found.empty()) continue;
      KILLIFY_TRY(const auto gates, directory(above));
      return combined(found, gates);
    }
    return std::vector<Gates>();
  }

  // The lists that hold `member`, followed through composites up to obj or lib.
  static void owners(const std::vector<Assignment>& makefile, const std::string& member,
                     const Gates& so_far, std::set<std::string>& asked, std::vector<Gates>& found) {
    if (!asked.insert(member).second) return;
    for (const Assignment& one : makefile) {
      if (std::ranges::find(one.members, member) == one.members.end()) continue;
      Gates gates = so_far;
      gates.insert(gates.end(), one.gates.begin(), one.gates.end());
      if (one.list == "obj" || one.list == "lib") {
        found.push_back(std::move(gates));
        continue;
      }
      owners(makefile, one.list + ".o", gates, asked, found);
      owners(makefile, "$(" + one.list + "-y)", gates, asked, found);
    }
  }

  static std::vector<Gates> combined(const std::vector<Gates>& one,
                                     const std::vector<Gates>& other) {
    std::vector<Gates> all;
    for (const Gates& left : one)
      for (const Gates& right : other) {
        Gates both = left;
        both.insert(both.end(), right.begin(), right.end());
        std::ranges::sort(both);
        both.erase(std::unique(both.begin(), both.end()), both.end());
        all.push_back(std::move(both));
      }
    return all;
  }

  [[nodiscard]] Result<std::vector<Assignment>> in(const fs::path& directory) {
    for (const char* name : {"Kbuild", "Makefile"}) {
      const TreeEntry* entry = snapshot_.find((directory / name).string());
      if (entry == nullptr) continue;
      KILLIFY_TRY(const std::string text, repository_.read_blob(entry->blob));
      return read_makefile(text);
    }
    return std::vector<Assignment>();
  }

  const Repository& repository_;
  const Snapshot& snapshot_;
};

}  // namespace

Result<std::vector<Gates>> gates_of(const Repository& repository, const Snapshot& snapshot,
                                    const std::string& object) {
  return MakefileReader(repository, snapshot).object(object);
}

}  // namespace killify
