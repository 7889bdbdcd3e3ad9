#include "facts/branch_heads.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace killify {
namespace {

struct Group;

// Tokens between two directives of an #if; groups inside of it are apart.
struct Branch {
  std::size_t directive = 0;  // of the '#' before it
  std::size_t begin = 0;      // of its first token
  std::size_t end = 0;        // of the '#' behind it
  std::vector<Group> groups;
  // How many braces it leaves open; nothing where that depends on what is compiled.
  std::optional<int> net = 0;
};

// From an #if to its #endif.
struct Group {
  std::vector<Branch> branches;
  bool has_else = false;
  std::size_t end = 0;  // behind the last token of the #endif
  std::optional<int> net{};
};

constexpr int kMaxNesting = 32;  // of #if; nobody writes a head deeper

class Finder {
 public:
  Finder(std::string_view text, const std::vector<Token>& tokens) : text_(text), tokens_(tokens) {}

  std::vector<MacroHead> run() {
    std::vector<MacroHead> heads;
    int depth = 0;  // of braces
    for (std::size_t at = 0; at < tokens_.size();) {
      if (!opens_group(at)) {
        if (!tokens_[at].directive) depth += step(at);
        ++at;
        continue;
      }
      const auto group = read(at, 0);
      if (!group) break;  // without its #endif, or too deep
      if (depth == 0)
        if (auto head = head_of(*group)) heads.push_back(std::move(*head));
      depth += group->net.value_or(group->branches.front().net.value_or(0));
      at = group->end;
    }
    return heads;
  }

 private:
  [[nodiscard]] std::string_view word(std::size_t at) const {
    return at < tokens_.size() ? tokens_[at].text : std::string_view();
  }
  [[nodiscard]] bool opens_group(std::size_t at) const {
    return tokens_[at].opens_directive && word(at + 1).starts_with("if");
  }
  [[nodiscard]] int step(std::size_t at) const {
    return is_mark(tokens_[at], '{') ? 1 : is_mark(tokens_[at], '}') ? -1 : 0;
  }
  [[nodiscard]] std::size_t behind_directive(std::size_t at) const {
    ++at;
    while (at < tokens_.size() && tokens_[at].directive && !tokens_[at].opens_directive) ++at;
    return at;
  }

  [[nodiscard]] std::optional<Group> read(std::size_t at, int nesting) const {
    if (nesting > kMaxNesting) return std::nullopt;
    Group group;
    group.branches.push_back({.directive = at, .begin = behind_directive(at), .groups = {}});
    for (at = group.branches.back().begin; at < tokens_.size();) {
      if (opens_group(at)) {
        auto inner = read(at, nesting + 1);
        if (!inner) return std::nullopt;
        at = inner->end;
        auto& net = group.branches.back().net;
        net = net && inner->net ? std::optional(*net + *inner->net) : std::nullopt;
        group.branches.back().groups.push_back(std::move(*inner));
        continue;
      }
      const auto what = tokens_[at].opens_directive ? word(at + 1) : std::string_view();
      if (what == "endif") {
        group.branches.back().end = at;
        group.end = behind_directive(at);
        group.net = net_of(group);
        return group;
      }
      if (what.starts_with("el")) {  // else, elif, elifdef
        group.has_else = group.has_else || what == "else";
        group.branches.back().end = at;
        group.branches.push_back({.directive = at, .begin = behind_directive(at), .groups = {}});
        at = group.branches.back().begin;
        continue;
      }
      if (auto& net = group.branches.back().net; net && !tokens_[at].directive) *net += step(at);
      ++at;
    }
    return std::nullopt;
  }

  static std::optional<int> net_of(const Group& group) {
    const auto first = group.branches.front().net;
    const bool same = std::ranges::all_of(
        group.branches, [&](const Branch& branch) { return branch.net == first; });
    return same && (group.has_else || first == 0) ? first : std::nullopt;
  }

  // Whether a kernel that is newer than all that is named takes the branch.
  [[nodiscard]] bool is_taken(const Branch& branch) const {
    for (auto at = branch.directive; at < branch.begin; ++at) {
      if (word(at) != "LINUX_VERSION_CODE") continue;
      const auto sign = word(at + 1);
      if (sign == "<" || sign == "=") return false;
      if (sign == ">") return true;
      return word(word(at - 1) == "=" ? at - 2 : at - 1) == "<";
    }
    return true;
  }

  // The branch that is shown, in the group itself or in one inside of it.
  [[nodiscard]] const Branch* shown(const Group& group, int opens) const {
    auto branch =
        std::ranges::find_if(group.branches, [&](const Branch& one) { return is_taken(one); });
    if (branch == group.branches.end()) return nullptr;
    if (branch->groups.empty()) return &*branch;
    if (opens == 1 && branch->groups.front().net == 0) return &*branch;
    // Nothing but the group that goes on.
    const auto& inner = branch->groups.front();
    if (inner.branches.front().directive != branch->begin || inner.end != branch->end)
      return nullptr;
    return shown(inner, opens);
  }

  [[nodiscard]] std::size_t offset(std::size_t at) const {
    return at < tokens_.size() ? static_cast<std::size_t>(tokens_[at].text.data() - text_.data())
                               : text_.size();
  }
  [[nodiscard]] int line(std::size_t at) const { return tokens_[at].line; }
  // Of the begin of a token's line.
  [[nodiscard]] std::size_t line_of(std::size_t at) const {
    const auto end = text_.rfind('\n', offset(at));
    return end == std::string_view::npos ? 0 : end + 1;
  }
  // Behind the last token before that one.
  [[nodiscard]] std::size_t behind(std::size_t at) const {
    return offset(at - 1) + tokens_[at - 1].text.size();
  }

  // With its line, so that no other comment is the same.
  static MacroHead::Piece in_comment(std::string_view text, int line) {
    MacroHead::Piece piece{std::string(text), fmt::format("/*{}: ", line)};
    for (const char c : text) {
      const char before = piece.meant.back();
      if ((c == '/' && before == '*') || (c == '*' && before == '/')) piece.meant += ' ';
      piece.meant += c;
    }
    piece.meant += piece.meant.back() == '*' ? " */" : "*/";
    return piece;
  }

  [[nodiscard]] std::optional<MacroHead> head_of(const Group& group) const {
    const auto opens = group.net;
    if (!group.has_else || !opens || (*opens != 0 && *opens != 1)) return std::nullopt;
    if (*opens == 0 && !(group.end < tokens_.size() && is_mark(tokens_[group.end], '{')))
      return std::nullopt;
    const auto* branch = shown(group, *opens);
    if (branch == nullptr || branch->begin == branch->end) return std::nullopt;
    const auto first = line_of(group.branches.front().directive);
    const auto begin = line_of(branch->begin);
    const auto end = line_of(branch->end);
    const auto last = behind(group.end);
    if (first >= begin || begin >= end || end >= last) return std::nullopt;
    const auto before =
        in_comment(text_.substr(first, begin - 1 - first), line(group.branches.front().directive));
    const auto after = in_comment(text_.substr(end, last - end), line(branch->end));
    const std::string lines(text_.substr(begin, end - begin));
    const auto functions = function_extents(tokens_of(lines + (*opens == 0 ? "{ }" : "}")));
    const bool known = text_.find(before.meant) != std::string_view::npos ||
                       text_.find(after.meant) != std::string_view::npos;
    if (functions.empty() || functions.back().typeless || known) return std::nullopt;
    return MacroHead{std::string(text_.substr(first, last - first)),
                     fmt::format("{}\n{}{}", before.meant, lines, after.meant),
                     {before, after}};
  }

  std::string_view text_;
  const std::vector<Token>& tokens_;
};

}  // namespace

std::vector<MacroHead> branch_heads(std::string_view text, const std::vector<Token>& tokens) {
  return Finder(text, tokens).run();
}

}  // namespace killify
