#include "reach/given_roots.h"

#include "reach/names.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <tuple>

namespace killify {
namespace {

// What takes a root: by this name in the whole tree, or in one file.
struct Taker {
  std::string name;
  std::string file;  // "": everywhere
  unsigned argument = 0;
  // NOLINTNEXTLINE(modernize-use-nullptr): no pointers are compared here
  auto operator<=>(const Taker&) const = default;
};

// A call of a taker, and what it is given.
struct Gift {
  const TreeEntry* file = nullptr;
  const Sketch* sketch = nullptr;
  SketchCall call;
  std::string name;  // of the function, "" where the argument is none
  std::string text;  // of the argument
  int line = 0;
};

// "oak_thread" of "oak_thread", "&oak_thread" and "(threadfn_t)oak_thread"; "" of anything else.
std::string function_name(const std::vector<Token>& tokens) {
  std::size_t at = 0;
  while (at < tokens.size() && is_mark(tokens[at], '(')) {
    int depth = 0;
    for (; at < tokens.size(); ++at) {
      if (is_mark(tokens[at], '(')) ++depth;
      if (is_mark(tokens[at], ')') && --depth == 0) break;
    }
    ++at;
  }
  if (at < tokens.size() && is_mark(tokens[at], '&')) ++at;
  if (at + 1 != tokens.size() || !is_word(tokens[at])) return {};
  return std::string(tokens[at].text);
}

std::ptrdiff_t index_in(const std::vector<std::string>& names, const std::string& name) {
  const auto it = std::ranges::find(names, name);
  return it == names.end() ? -1 : it - names.begin();
}

class Search {
 public:
  Search(TreeFacts& facts, const RootSpec& root) : facts_(facts) {
    for (const auto& name : root.takers) add({name, {}, *root.argument});
  }

  Result<GivenFunctions> run() {
    for (; !queue_.empty(); queue_.pop_front()) {
      KILLIFY_TRY(auto gifts, gifts_of(queue_.front()));
      KILLIFY_CHECK(read_around(gifts));
      for (const auto& gift : gifts) KILLIFY_CHECK(take(gift));
    }
    return std::move(found_);
  }

 private:
  void add(Taker taker) {
    if (seen_.insert(taker).second) queue_.push_back(std::move(taker));
  }

  Result<std::vector<Gift>> gifts_of(const Taker& taker) {
    auto files = facts_.words().files_with(taker.name);
    std::erase_if(files, [&](const TreeEntry* entry) {
      return is_no_kernel_code(entry->path) || (!taker.file.empty() && entry->path != taker.file);
    });
    KILLIFY_CHECK(facts_.sketch_ahead(files));
    std::vector<Gift> gifts;
    for (const auto* entry : files) {
      KILLIFY_TRY(const auto* sketch, facts_.sketch(entry->path));
      for (const auto& call : sketch->calls()) {
        if (call.callee != taker.name || call.through_field) continue;
        const auto arguments = sketch->arguments(call);
        if (arguments.size() <= taker.argument) continue;
        Gift gift{entry, sketch, call, {}, arguments[taker.argument], call.line};
        const auto tokens = tokens_of(gift.text);
        gift.name = function_name(tokens);
        gift.line = line_of(gift);
        gifts.push_back(std::move(gift));
      }
    }
    return gifts;
  }

  // Of the argument's name in the call.
  static int line_of(const Gift& gift) {
    Lexer lexer(std::string_view(gift.sketch->text()).substr(gift.call.offset));
    int depth = 0;
    for (Token token; lexer.next(token);) {
      if (is_mark(token, '(')) ++depth;
      if (is_mark(token, ')') && --depth == 0) break;
      if (token.text == gift.name) return gift.call.line + token.line - 1;
    }
    return gift.call.line;
  }

  static bool defines(const Sketch& sketch, const std::string& name) {
    return std::ranges::any_of(sketch.functions(),
                               [&](const FunctionExtent& one) { return one.name == name; });
  }

  static bool is_in_function(const Gift& gift) { return gift.call.function >= 0; }
  static const FunctionExtent& function_of(const Gift& gift) {
    return gift.sketch->functions()[static_cast<std::size_t>(gift.call.function)];
  }
  // Whether it takes a look at the function around to know what the name means.
  static bool is_unclear(const Gift& gift) {
    return is_in_function(gift) && !gift.name.empty() && !defines(*gift.sketch, gift.name);
  }

  Status read_around(const std::vector<Gift>& gifts) {
    std::map<std::string, std::set<std::string>> around;
    for (const auto& gift : gifts)
      if (is_unclear(gift)) around[gift.file->path].insert(function_of(gift).name);
    return facts_.read_parts(around, false, "Reading who hands functions on");
  }

  Status take(const Gift& gift) {
    if (gift.name.empty()) {
      leave(gift, "which is no function's name");
      return {};
    }
    if (gift.call.macro >= 0) {
      const auto& macro = gift.sketch->macros()[static_cast<std::size_t>(gift.call.macro)];
      if (const auto index = index_in(macro.parameters, gift.name); index >= 0)
        add({macro.name, gift.file->path.ends_with(".h") ? std::string() : gift.file->path,
             static_cast<unsigned>(index)});
      else
        keep(gift);
      return {};
    }
    if (!is_unclear(gift)) {
      keep(gift);
      return {};
    }
    const auto& around = function_of(gift);
    KILLIFY_TRY(const auto* facts, facts_.part(gift.file->path));
    const auto* function = facts->function(around.name);
    if (function == nullptr || !function->parsed) {
      leave(gift, fmt::format("and {}() could not be parsed", around.name));
      return {};
    }
    std::vector<std::string> parameters;
    for (const auto& one : function->parameters) parameters.push_back(one.name);
    if (const auto index = index_in(parameters, gift.name); index >= 0) {
      const bool own = around.is_static && !gift.file->path.ends_with(".h");
      add({around.name, own ? gift.file->path : std::string(), static_cast<unsigned>(index)});
    } else if (std::ranges::any_of(facts->locals, [&](const LocalFact& local) {
                 return local.function == around.name && local.variable == gift.name;
               })) {
      leave(gift, "a variable");
    } else {
      keep(gift);
    }
    return {};
  }

  void keep(const Gift& gift) {
    if (gift.name == "NULL") return;
    found_.all.push_back({gift.name, std::string(gift.call.callee), gift.file->path, gift.line});
  }
  void leave(const Gift& gift, const std::string& why) {
    found_.unresolved.push_back(fmt::format("{}:{}: {}() is given '{}', {}", gift.file->path,
                                            gift.call.line, gift.call.callee, gift.text, why));
  }

  TreeFacts& facts_;
  std::deque<Taker> queue_;
  std::set<Taker> seen_;
  GivenFunctions found_;
};

}  // namespace

Result<GivenFunctions> find_given(TreeFacts& facts, const RootSpec& root) {
  return Search(facts, root).run();
}

}  // namespace killify
