#include "facts/top_level.h"

#include "support/text.h"

#include <algorithm>

namespace killify {
namespace {

class Finder {
 public:
  Finder(const Sketch& sketch, const std::string& name)
      : sketch_(sketch),
        name_(name),
        lines_(split_lines(sketch.text())),
        tokens_(tokens_of(sketch.text())) {}

  std::vector<TopLevelItem> find() const {
    std::vector<TopLevelItem> items;
    std::size_t at = 0;
    for (const auto& use : sketch_.uses(name_)) {
      if (use.kind != Use::Kind::kDefinition) continue;
      at = name_at(at, use.line);
      if (at == tokens_.size()) break;
      if (tokens_[at].directive) {  // behind #define
        ++at;
        continue;
      }
      items.push_back(item_at(at++));
    }
    return items;
  }

 private:
  std::size_t name_at(std::size_t from, int line) const {
    auto found =
        std::find_if(tokens_.begin() + static_cast<std::ptrdiff_t>(from), tokens_.end(),
                     [&](const Token& token) { return token.line == line && token.text == name_; });
    return static_cast<std::size_t>(found - tokens_.begin());
  }

  TopLevelItem item_at(std::size_t name) const {
    TopLevelItem item;
    auto begin = name;
    while (begin > 0 && !ends_item(tokens_[begin - 1])) --begin;
    for (auto i = begin; i < name; ++i) item.is_static |= tokens_[i].text == "static";
    item.first = tokens_[begin].line;
    const auto& functions = sketch_.functions();
    auto function = std::ranges::find_if(functions, [&](const FunctionExtent& extent) {
      return extent.name == name_ && extent.first == tokens_[name].line;
    });
    item.definition = function != functions.end();
    auto end = name;
    if (item.definition) {
      item.last = function->last;
      while (end < tokens_.size() && tokens_[end].line <= item.last) ++end;
      item.exported = export_behind(end);
    } else {
      while (end < tokens_.size() && !is_mark(tokens_[end], ';')) ++end;
      if (end < tokens_.size()) item.last = tokens_[end++].line;
    }
    bool behind = begin > 0 && tokens_[begin - 1].line == item.first;
    bool before = end < tokens_.size() && tokens_[end].line == item.last;
    item.apart = item.last != 0 && !behind && !before;
    item.comment = comment_above(item.first);
    return item;
  }

  static bool ends_item(const Token& token) {
    return token.directive || is_mark(token, ';') || is_mark(token, '}');
  }

  // Of the export that tokens_[at] begins; 0 where it is none of this function.
  int export_behind(std::size_t at) const {
    if (at + 2 >= tokens_.size() || !tokens_[at].text.starts_with("EXPORT_SYMBOL")) return 0;
    return tokens_[at + 2].text == name_ ? tokens_[at].line : 0;
  }

  const std::string& line(int number) const { return lines_[static_cast<std::size_t>(number - 1)]; }

  int comment_above(int first) const {
    if (first < 2 || !trim(line(first - 1)).ends_with("*/")) return 0;
    for (int above = first - 1; above > 0; --above) {
      auto text = trim(line(above));
      if (text.starts_with("/*")) return above;
      if (text.find("/*") != std::string_view::npos) return 0;  // behind code
    }
    return 0;
  }

  const Sketch& sketch_;
  const std::string& name_;
  std::vector<std::string> lines_;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<TopLevelItem> top_level_items(const Sketch& sketch, const std::string& name) {
  return Finder(sketch, name).find();
}

}  // namespace killify
