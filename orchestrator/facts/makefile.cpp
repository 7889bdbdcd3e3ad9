#include "facts/makefile.h"

#include "facts/make_text.h"
#include "support/text.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <string_view>
#include <utility>

namespace killify {
namespace {

constexpr int kMaxIncludes = 16;  // deep

std::string without_comment(std::string line) {
  for (std::size_t at = line.find('#'); at != std::string::npos; at = line.find('#', at + 1))
    if (at == 0 || line[at - 1] != '\\') return line.substr(0, at);
  return line;
}

// Lines with those that end in a backslash joined.
std::vector<std::string> logical_lines(const std::string& text) {
  std::vector<std::string> lines;
  bool continues = false;
  for (const auto& line : split_lines(text)) {
    const bool more = line.ends_with('\\');
    const auto part = std::string(more ? line.substr(0, line.size() - 1) : line);
    if (continues)
      lines.back() += " " + part;
    else
      lines.push_back(part);
    continues = more;
  }
  return lines;
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

// "NAME += VALUE" at its operator, outside of "$(...)".
struct Assignment {
  std::string name;
  std::string_view op;
  std::string value;
};

std::optional<Assignment> assignment_in(const std::string& line) {
  int depth = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    depth += line[at] == '(' ? 1 : line[at] == ')' ? -1 : 0;
    if (depth > 0) continue;
    for (const std::string_view op : {"::=", ":=", "+=", "?=", "="}) {
      if (line.compare(at, op.size(), op) != 0) continue;
      auto name = std::string(trim(std::string_view(line).substr(0, at)));
      for (const std::string_view word : {"export ", "override "})
        if (name.starts_with(word)) name = std::string(trim(name.substr(word.size())));
      if (name.empty()) return std::nullopt;
      return Assignment{std::move(name), op,
                        std::string(trim(std::string_view(line).substr(at + op.size())))};
    }
    if (line[at] == ':') return std::nullopt;  // a rule
  }
  return std::nullopt;
}

class Reader {
 public:
  Reader(const std::string& directory, const ReadMakefile& read)
      : directory_(directory), read_(read) {
    for (const char* here : {"src", "obj"}) variables_.set(here, directory, false);
    for (const char* top : {"srctree", "objtree"}) variables_.set(top, ".", false);
  }

  std::vector<ListedObject> objects(const std::string& makefile) {
    take_file(makefile, 0);
    // What a variable comes to that was added to later.
    for (const auto& [name, value] : std::exchange(deferred_, {})) list(name, value);
    return std::move(objects_);
  }

 private:
  void take_file(const std::string& path, int depth) {
    const auto text = depth > kMaxIncludes ? std::nullopt : read_(path);
    if (!text) return;
    int conditions = 0;
    bool in_rule = false;
    bool in_define = false;
    for (const auto& whole : logical_lines(*text)) {
      if (whole.starts_with('\t') && in_rule) continue;
      const auto line = std::string(trim(without_comment(whole)));
      const auto first = line.substr(0, line.find_first_of(" \t("));
      if (first == "endef") in_define = false;
      if (line.empty() || in_define || first == "endef") continue;
      if (first == "define") {
        in_define = true;
      } else if (is_one_of(first, {"ifeq", "ifneq", "ifdef", "ifndef"})) {
        ++conditions;
      } else if (first == "endif") {
        conditions = std::max(0, conditions - 1);
      } else if (is_one_of(first, {"include", "-include", "sinclude"})) {
        for (const auto& file : words_in(variables_.expand(line.substr(first.size()))))
          take_file(plain_path(file), depth + 1);
      } else if (auto assignment = assignment_in(line)) {
        in_rule = false;
        take(*assignment, conditions > 0);
      } else if (first != "else") {
        in_rule = line.find(':') != std::string::npos;
      }
    }
  }

  static std::string plain_path(const std::string& path) {
    return std::filesystem::path(path).lexically_normal().generic_string();
  }

  // What is assigned in a branch of a conditional does not replace what was there before.
  void take(const Assignment& assignment, bool conditional) {
    const auto name = std::string(trim(variables_.expand(assignment.name)));
    const bool simple = assignment.op == ":=" || assignment.op == "::=";
    if (assignment.op == "+=" || conditional || assignment.op == "?=")
      variables_.add(name, assignment.value, simple);
    else
      variables_.set(name, simple ? variables_.expand(assignment.value) : assignment.value,
                     !simple);
    list(name, assignment.value);
    if (!simple && assignment.value.find('$') != std::string::npos)
      deferred_.emplace_back(name, assignment.value);
  }

  void list(const std::string& name, const std::string& value) {
    const auto dash = name.rfind('-');
    if (dash == std::string::npos || dash == 0) return;
    const auto suffix = std::string_view(name).substr(dash + 1);
    ListedObject listed{name.substr(0, dash), {}, ListedObject::When::kAlways};
    if (suffix == "m")
      listed.when = ListedObject::When::kModule;
    else if (is_unknown(suffix))
      listed.when = ListedObject::When::kConfig;
    else if (suffix != "y" && suffix != "objs")
      return;
    if (is_unknown(listed.list)) return;
    for (const auto& word : words_in(variables_.expand(value))) {
      if (!word.ends_with(".o") || is_unknown(word)) continue;
      listed.object = plain_path(directory_ + "/" + word);
      objects_.push_back(listed);
    }
  }

  std::string directory_;
  const ReadMakefile& read_;
  MakeVariables variables_;
  std::vector<ListedObject> objects_;
  std::vector<std::pair<std::string, std::string>> deferred_;  // lists and what is assigned
};

}  // namespace

std::vector<ListedObject> listed_objects(const std::string& directory, const std::string& makefile,
                                         const ReadMakefile& read) {
  return Reader(directory, read).objects(makefile);
}

}  // namespace killify
