#include "verify/kconfig.h"

#include "support/digest.h"
#include "support/text.h"
#include "tree/module.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace killify {
namespace {

// Where a kernel declares what its architectures may select.
constexpr std::string_view kDeclared = "arch/Kconfig";

bool in_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// What follows a keyword of the line ("depends on X" for "depends on" is "X"); "" if it is another
// one.
std::string_view after(std::string_view line, std::string_view keyword) {
  if (!line.starts_with(keyword) || line.size() == keyword.size() ||
      std::isspace(static_cast<unsigned char>(line[keyword.size()])) == 0)
    return {};
  return trim(line.substr(keyword.size()));
}

std::size_t indentation(std::string_view line) {
  std::size_t columns = 0;
  for (const char c : line) {
    if (c != ' ' && c != '\t') break;
    columns = c == '\t' ? (columns / 8 + 1) * 8 : columns + 1;
  }
  return columns;
}

// A help text goes from its first line to the next that is indented less.
class HelpText {
 public:
  void begin() {
    inside_ = true;
    columns_ = 0;
  }
  bool holds(std::string_view line) {
    if (!inside_) return false;
    if (trim(line).empty()) return true;
    const std::size_t columns = indentation(line);
    if (columns_ == 0) columns_ = columns;
    inside_ = columns != 0 && columns >= columns_;
    return inside_;
  }

 private:
  bool inside_ = false;
  std::size_t columns_ = 0;
};

std::string first_name(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && in_name(text[end])) ++end;
  return std::string(text.substr(0, end));
}

// The names of an expression that it asks to be on, or those that it asks to be off.
std::vector<std::string> names_asked(std::string_view expression, bool on) {
  std::vector<std::string> names;
  bool negated = false;
  for (std::size_t i = 0; i < expression.size();) {
    const char c = expression[i];
    if (c == '!' && i + 1 < expression.size() && expression[i + 1] != '=') {
      negated = true;
      ++i;
    } else if (in_name(c)) {
      const std::string name = first_name(expression.substr(i));
      i += name.size();
      const std::string_view rest = trim(expression.substr(i));
      const bool is_n = rest.starts_with("=n") || rest.starts_with("= n");
      const bool differs = rest.starts_with("!=");
      const bool constant = name == "y" || name == "m" || name == "n";
      const bool asked = on ? !negated && !is_n : negated != is_n;
      if (asked && !differs && !constant) names.push_back(name);
      negated = false;
    } else {
      ++i;
    }
  }
  return names;
}

}  // namespace

std::vector<std::string> names_wanted(std::string_view expression) {
  return names_asked(expression, true);
}

std::set<std::string> enabled_symbols(std::string_view config) {
  std::set<std::string> symbols;
  for (const std::string& line : split_lines(config)) {
    const auto equals = line.find('=');
    if (!line.starts_with("CONFIG_") || equals == line.npos) continue;
    const std::string_view value = std::string_view(line).substr(equals + 1);
    const std::string name = line.substr(7, equals - 7);
    if (value == "y" || value == "m") symbols.insert(name);
    if (value == "m") symbols.insert(name + "_MODULE");
  }
  return symbols;
}

void Kconfig::add(const std::string& file, std::string_view text) {
  KconfigSymbol* current = nullptr;
  std::string name;
  std::vector<std::string> conditions;  // of the "if" blocks that are open
  std::string joined;
  HelpText help;
  for (const std::string& raw : split_lines(text)) {
    if (joined.empty() && help.holds(raw)) continue;
    joined += raw;
    if (joined.ends_with('\\')) {
      joined.pop_back();
      continue;
    }
    const std::string whole = std::exchange(joined, {});
    const std::string_view line = trim(whole);
    if (line == "help") help.begin();
    std::string_view rest = after(line, "config");
    if (rest.empty()) rest = after(line, "menuconfig");
    if (!rest.empty()) {
      name = first_name(rest);
      current = &symbols_[name];
      current->files.push_back(file);
      current->depends.insert(current->depends.end(), conditions.begin(), conditions.end());
    } else if (rest = after(line, "if"); !rest.empty()) {
      conditions.emplace_back(rest);
      current = nullptr;
    } else if (line == "endif" || line.starts_with("endif ")) {
      if (!conditions.empty()) conditions.pop_back();
      current = nullptr;
    } else if (line.starts_with("menu") || line.starts_with("choice") ||
               line.starts_with("comment") || line.starts_with("source")) {
      current = nullptr;
    } else if (current == nullptr) {
      continue;
    } else if (rest = after(line, "depends on"); !rest.empty()) {
      current->depends.emplace_back(rest);
    } else if (rest = after(line, "select"); !rest.empty()) {
      symbols_[first_name(rest)].selected_by.push_back(name);
      current = &symbols_[name];
    } else if (line.starts_with("prompt") || line.starts_with("bool \"") ||
               line.starts_with("tristate \"") || line.starts_with("bool '")) {
      current->prompt = true;
    } else if (line.starts_with("def_") || !after(line, "default").empty()) {
      current->has_default = true;
    }
  }
}

Result<Kconfig> Kconfig::read(const Repository& repository, const Snapshot& snapshot) {
  Kconfig kconfig;
  for (const TreeEntry& entry : snapshot.entries) {
    const std::string_view name = std::string_view(entry.path).substr(entry.path.rfind('/') + 1);
    if (!name.starts_with("Kconfig") || entry.path.starts_with("Documentation/") ||
        entry.path.starts_with("scripts/") || is_of_module(entry.path))
      continue;
    KILLIFY_TRY(const std::string text, repository.read_blob(entry.blob));
    kconfig.add(entry.path, text);
  }
  return kconfig;
}

std::string kconfig_digest(const Snapshot& snapshot) {
  std::string lines;
  for (const TreeEntry& entry : snapshot.entries) {
    const std::string_view name = std::string_view(entry.path).substr(entry.path.rfind('/') + 1);
    if (is_of_module(entry.path)) continue;
    if (name.starts_with("Kconfig") || entry.path.starts_with("scripts/kconfig/") ||
        name.ends_with("_defconfig"))
      lines += entry.path + ' ' + entry.blob + '\n';
  }
  return sha256(lines);
}

const KconfigSymbol* Kconfig::find(const std::string& symbol) const {
  const auto found = symbols_.find(symbol);
  return found == symbols_.end() || found->second.files.empty() ? nullptr : &found->second;
}

std::vector<std::string> Kconfig::with_dependencies(const std::string& symbol) const {
  std::vector<std::string> all{symbol};
  const auto add = [&](const std::string& name) {
    if (std::ranges::find(all, name) == all.end() && find(name) != nullptr) all.push_back(name);
  };
  for (std::size_t i = 0; i < all.size(); ++i) {
    const KconfigSymbol* known = find(all[i]);
    if (known == nullptr) continue;
    for (const std::string& expression : known->depends)
      for (const std::string& name : names_wanted(expression)) add(name);
    if (known->prompt || known->has_default) continue;
    // One selector is enough, best one that can be set by hand.
    const auto prompts = [&](const std::string& name) {
      const KconfigSymbol* by = find(name);
      return by != nullptr && by->prompt;
    };
    auto selector = std::ranges::find_if(known->selected_by, prompts);
    if (selector == known->selected_by.end()) selector = known->selected_by.begin();
    if (selector != known->selected_by.end()) add(*selector);
  }
  return all;
}

std::vector<std::string> Kconfig::to_enable(const std::string& symbol) const {
  auto all = with_dependencies(symbol);
  std::erase_if(all, [&](const auto& name) {
    const KconfigSymbol* known = find(name);
    return known == nullptr || !known->prompt;
  });
  return all;
}

std::vector<std::string> Kconfig::in_the_way(const std::string& symbol) const {
  std::vector<std::string> all;
  for (const std::string& name : with_dependencies(symbol))
    if (const KconfigSymbol* known = find(name))
      for (const std::string& expression : known->depends)
        for (const std::string& other : names_asked(expression, false))
          if (std::ranges::find(all, other) == all.end()) all.push_back(other);
  return all;
}

std::vector<std::string> Kconfig::unselected(const std::string& symbol) const {
  auto all = with_dependencies(symbol);
  std::erase_if(all, [&](const auto& name) {
    const KconfigSymbol* known = find(name);
    const bool declared = known != nullptr && known->files == std::vector{std::string(kDeclared)};
    return !declared || known->prompt || known->has_default || !known->selected_by.empty();
  });
  return all;
}

std::vector<std::string> Kconfig::to_disable(const std::string& symbol) const {
  std::vector<std::string> all{symbol};
  for (std::size_t i = 0; i < all.size(); ++i)
    if (const KconfigSymbol* known = find(all[i]))
      for (const std::string& selector : known->selected_by)
        if (std::ranges::find(all, selector) == all.end()) all.push_back(selector);
  return all;
}

std::string Kconfig::only_in_arch(const std::string& symbol) const {
  const KconfigSymbol* known = find(symbol);
  if (known == nullptr) return {};
  std::string arch;
  for (const std::string& file : known->files) {
    if (!file.starts_with("arch/")) return {};
    const auto slash = file.find('/', 5);
    if (slash == file.npos) return {};
    const std::string one = file.substr(5, slash - 5);
    if (!arch.empty() && arch != one) return {};
    arch = one;
  }
  return arch;
}

}  // namespace killify
