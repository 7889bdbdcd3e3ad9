#include "facts/sketch.h"

#include "facts/branch_heads.h"
#include "facts/word_hash.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace killify {
namespace {

constexpr unsigned kKindBits = 3;
constexpr unsigned kOffsetBits = 29;
constexpr int kLinesApart = 16;
constexpr std::uint64_t kHashMask = ~std::uint64_t{0} << 32;
constexpr std::size_t kMaxText = std::size_t{1} << kOffsetBits;
constexpr std::size_t kMaxScratch = std::size_t{1} << 18;  // tokens of a file of a megabyte

std::uint64_t mention_hash(std::string_view word) {
  return word_hash(word) & kHashMask;
}

// Neither calls nor uses of a function. Most words of a file are of these.
bool is_keyword(std::string_view word) {
  static constexpr std::array<std::string_view, 46> kKeywords{
      "_Generic", "__attribute__", "__inline", "__typeof__", "asm",    "auto",
      "bool",     "break",         "case",     "char",       "const",  "continue",
      "default",  "defined",       "do",       "double",     "else",   "enum",
      "extern",   "float",         "for",      "goto",       "if",     "inline",
      "int",      "long",          "register", "restrict",   "return", "short",
      "signed",   "sizeof",        "static",   "struct",     "switch", "typedef",
      "typeof",   "u16",           "u32",      "u64",        "u8",     "union",
      "unsigned", "void",          "volatile", "while"};
  static_assert(std::is_sorted(kKeywords.begin(), kKeywords.end()));
  if (word.size() > 13) return false;
  return std::binary_search(kKeywords.begin(), kKeywords.end(), word);
}

}  // namespace

// Goes through the tokens of a text once its functions and macros are known.
class Sketcher {
 public:
  explicit Sketcher(Sketch& sketch) : sketch_(sketch), tokens_(scratch()) {
    read_tokens(sketch.text_, tokens_);
  }
  ~Sketcher() {
    if (tokens_.capacity() > kMaxScratch) std::vector<Token>().swap(tokens_);
  }
  Sketcher(const Sketcher&) = delete;
  Sketcher& operator=(const Sketcher&) = delete;

  void sketch(const std::vector<MacroDefinition>& macros) {
    sketch_.functions_ = function_extents(tokens_);
    sketch_.macros_ = macro_definitions(tokens_);
    write_heads(macros);
    find_lines();
    for (at_ = 0; at_ < tokens_.size(); ++at_) {
      enter_line(tokens_[at_].line);
      if (tokens_[at_].directive)
        take_in_directive();
      else
        take_in_code();
    }
    std::sort(sketch_.mentions_.begin(), sketch_.mentions_.end());
    sketch_.mentions_.shrink_to_fit();
    sketch_.calls_.shrink_to_fit();
    sketch_.bindings_.shrink_to_fit();
    sketch_.initialisers_.shrink_to_fit();
  }

 private:
  // The tokens of one text at a time: new memory for each would cost as much as reading them.
  static std::vector<Token>& scratch() {
    thread_local std::vector<Token> tokens;
    return tokens;
  }

  // Goes on with a text in which the heads that macros write are written out.
  void write_heads(const std::vector<MacroDefinition>& headers) {
    auto macros = sketch_.macros_;
    macros.insert(macros.end(), headers.begin(), headers.end());
    auto heads = macro_heads(sketch_.text_, tokens_, sketch_.functions_, macros);
    std::ranges::move(macro_functions(sketch_.text_, tokens_, sketch_.functions_, macros),
                      std::back_inserter(heads));
    for (;;) {  // what a branch shows may be branches again
      std::ranges::move(branch_heads(sketch_.text_, tokens_), std::back_inserter(heads));
      if (heads.empty()) return;
      sketch_.text_ = with_heads_meant(std::move(sketch_.text_), heads);
      std::ranges::move(heads, std::back_inserter(sketch_.heads_));
      heads.clear();
      read_tokens(sketch_.text_, tokens_);
      sketch_.functions_ = function_extents(tokens_);
      sketch_.macros_ = macro_definitions(tokens_);
    }
  }

  void find_lines() {
    const auto& text = sketch_.text_;
    sketch_.line_starts_.push_back(0);
    std::size_t line = 1;
    for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1))
      if (line++ % kLinesApart == 0)
        sketch_.line_starts_.push_back(static_cast<std::uint32_t>(at + 1));
    sketch_.line_starts_.shrink_to_fit();
    sketch_.mentions_.reserve(tokens_.size() / 2);
  }

  [[nodiscard]] const Token& token(std::size_t index) const {
    static const Token kNone{.text = " "};
    return index < tokens_.size() ? tokens_[index] : kNone;
  }
  [[nodiscard]] bool opens_call() const {
    return is_mark(token(at_ + 1), '(') && !declares_pointer();
  }
  // "vm_fault_t (*serve)(struct vm_fault *)": the word is a type.
  [[nodiscard]] bool declares_pointer() const {
    return is_mark(token(at_ + 2), '*') && is_word(token(at_ + 3)) &&
           is_mark(token(at_ + 4), ')') && is_mark(token(at_ + 5), '(');
  }
  [[nodiscard]] bool is_member() const {
    if (at_ >= 1 && is_mark(tokens_[at_ - 1], '.')) return true;
    return at_ >= 2 && is_mark(tokens_[at_ - 1], '>') && is_mark(tokens_[at_ - 2], '-');
  }
  // "name:" at the begin of a statement, or "goto name".
  [[nodiscard]] bool is_label() const {
    if (at_ == 0) return false;
    const auto& before = tokens_[at_ - 1];
    if (before.text == "goto") return true;
    return is_mark(token(at_ + 1), ':') &&
           (is_mark(before, ';') || is_mark(before, '{') || is_mark(before, '}'));
  }
  // Outside of functions "name(" is a declaration behind a type or an attribute; an argument or an
  // initialiser otherwise.
  [[nodiscard]] bool follows_type() const {
    if (at_ == 0) return true;
    const auto& before = tokens_[at_ - 1];
    return is_word(before) || is_mark(before, '*') || is_mark(before, ')');
  }
  // Whether the word is the name of a function that is defined here.
  [[nodiscard]] bool is_defined_here() const {
    const auto& functions = sketch_.functions_;
    for (auto f = next_function_; f < functions.size() && functions[f].first <= tokens_[at_].line;
         ++f)
      if (functions[f].first == tokens_[at_].line && functions[f].name == tokens_[at_].text)
        return true;
    return false;
  }
  [[nodiscard]] bool is_exported() const {
    return at_ >= 2 && is_mark(tokens_[at_ - 1], '(') &&
           tokens_[at_ - 2].text.starts_with("EXPORT_SYMBOL");
  }

  void enter_line(int line) {
    if (line == line_) return;
    line_ = line;
    const auto& functions = sketch_.functions_;
    while (next_function_ < functions.size() && functions[next_function_].last < line)
      ++next_function_;
    bool inside = next_function_ < functions.size() && functions[next_function_].first <= line;
    auto before = function_;
    function_ = inside ? static_cast<int>(next_function_) : -1;
    if (function_ == before) return;
    in_body_ = false;
    depth_ = 0;  // whatever #if branches have opened
    initialised_.clear();
  }

  [[nodiscard]] std::uint32_t offset_of(const Token& token) const {
    return static_cast<std::uint32_t>(token.text.data() - sketch_.text_.data());
  }
  void mention(Use::Kind kind) {
    const auto& word = tokens_[at_];
    sketch_.mentions_.push_back(mention_hash(word.text) |
                                std::uint64_t{offset_of(word)} << kKindBits |
                                static_cast<std::uint64_t>(kind));
  }
  void call(bool through_field, int function, int macro) {
    const auto& word = tokens_[at_];
    sketch_.calls_.push_back({word.text, through_field, word.line, function, macro,
                              heads_statement(), offset_of(token(at_ + 1))});
  }

  // "(struct flags) {".
  [[nodiscard]] bool is_compound_literal(std::size_t brace) const {
    return brace > 0 && is_mark(tokens_[brace - 1], ')');
  }

  // "struct name" says nothing of a function of that name.
  [[nodiscard]] bool is_tag() const {
    if (at_ == 0) return false;
    const auto& before = tokens_[at_ - 1].text;
    return before == "struct" || before == "union" || before == "enum";
  }

  // "name ( ... )" stands where a statement begins, and one follows with nothing between.
  [[nodiscard]] bool heads_statement() const {
    if (at_ == 0 || function_ < 0) return false;
    const auto& before = tokens_[at_ - 1];
    bool begins = before.text == "else" || is_mark(before, ';') || is_mark(before, '{') ||
                  is_mark(before, '}') || is_mark(before, ')') || is_mark(before, ':');
    if (!begins) return false;
    int depth = 0;
    for (auto at = at_ + 1; at < tokens_.size(); ++at) {
      if (is_mark(tokens_[at], '(')) ++depth;
      if (is_mark(tokens_[at], ')') && --depth == 0)
        return is_mark(token(at + 1), '{') ||
               (is_word(token(at + 1)) && token(at + 1).text != "else");
      if (is_mark(tokens_[at], ';')) return false;
      if (is_mark(tokens_[at], '{') && !is_compound_literal(at)) return false;
    }
    return false;
  }

  void take_in_code() {
    const auto& word = tokens_[at_];
    if (!is_word(word)) {
      if (is_mark(word, '{')) open_brace();
      if (is_mark(word, '}')) close_brace();
      return;
    }
    if (word.text == "struct" && is_word(token(at_ + 1)) && is_mark(token(at_ + 2), '{'))
      sketch_.structs_.push_back(token(at_ + 1).text);
    if (is_keyword(word.text)) return;
    bool opens = opens_call();
    bool called = opens && function_ >= 0;
    if (is_member()) {
      if (opens) call(true, function_, -1);
      bind(function_, -1);
      return;
    }
    if (is_label() || is_tag()) return;
    if (opens && (is_defined_here() || (function_ < 0 && follows_type()))) {
      mention(Use::Kind::kDefinition);
      return;
    }
    if (opens && (function_ < 0 || in_body_)) call(false, function_, -1);
    mention(called ? Use::Kind::kCall : is_exported() ? Use::Kind::kExport : Use::Kind::kValue);
  }

  // "struct T name = {", "(struct T) {": what follows initialises a struct T. Elements of an array
  // are of its type; those of a member are of a type that is not known here.
  void open_brace() {
    in_body_ = true;
    ++depth_;
    bool assigned = at_ >= 1 && is_mark(tokens_[at_ - 1], '=');
    if (assigned && function_ < 0 && depth_ == 1) open_initialiser();
    bool element = (at_ >= 2 && assigned && is_mark(tokens_[at_ - 2], ']')) ||
                   (at_ >= 1 && (is_mark(tokens_[at_ - 1], '{') || is_mark(tokens_[at_ - 1], ',')));
    bool cast = at_ >= 3 && is_mark(tokens_[at_ - 1], ')') && is_word(tokens_[at_ - 2]) &&
                tokens_[at_ - 3].text == "struct";
    if (cast)
      initialised_.emplace_back(depth_, tokens_[at_ - 2].text);
    else if (!initialised_.empty() && element)
      initialised_.emplace_back(depth_, initialised_.back().second);
    else if (!initialised_.empty())
      initialised_.emplace_back(depth_, std::string_view());
    else if (assigned)
      initialised_.emplace_back(depth_, declared_struct());
  }
  void close_brace() {
    if (!initialised_.empty() && initialised_.back().first == depth_) initialised_.pop_back();
    --depth_;
    if (in_initialiser_ && depth_ == 0) {
      sketch_.initialisers_.back().last = line_;
      in_initialiser_ = false;
    }
  }
  void open_initialiser() {
    auto first = at_;
    while (first > 0 && !is_mark(tokens_[first - 1], ';') && !is_mark(tokens_[first - 1], '}') &&
           !tokens_[first - 1].directive)
      --first;
    sketch_.initialisers_.push_back({tokens_[first].line, line_, line_});
    in_initialiser_ = true;
  }
  [[nodiscard]] std::string_view declared_struct() const {
    for (auto at = at_ - 1; at > 0; --at) {
      const auto& token = tokens_[at];
      if (is_mark(token, ';') || is_mark(token, '{') || is_mark(token, '}') ||
          is_mark(token, ')') || token.directive)
        break;
      if (token.text == "struct") return tokens_[at + 1].text;
    }
    return {};
  }

  // Of directives only a #define and an #include say something; the body of a #define is code.
  void take_in_directive() {
    const auto& word = tokens_[at_];
    if (word.opens_directive) {
      macro_ = -1;
      const auto& directive = token(at_ + 1);
      if (directive.text == "define") {
        macro_ = static_cast<int>(next_macro_++);
      } else if (directive.text == "include" || directive.text == "include_next") {
        include(at_ + 2);
      }
      return;
    }
    if (!is_word(word) || macro_ < 0 || static_cast<std::size_t>(macro_) >= sketch_.macros_.size())
      return;
    const auto& macro = sketch_.macros_[static_cast<std::size_t>(macro_)];
    if (tokens_[at_ - 1].text == "define" && tokens_[at_ - 2].opens_directive) {
      mention(Use::Kind::kDefinition);
      return;
    }
    if (macro.body.empty() || word.text.data() < macro.body.front().text.data() ||
        is_keyword(word.text))
      return;
    bool parameter = std::find(macro.parameters.begin(), macro.parameters.end(), word.text) !=
                     macro.parameters.end();
    if (is_member()) {
      if (opens_call()) call(true, -1, macro_);
      bind(-1, macro_);
    } else if (!parameter && !is_label() && !is_tag()) {
      if (opens_call()) call(false, -1, macro_);
      mention(Use::Kind::kMacro);
    }
  }

  void include(std::size_t first) {
    const auto& opening = token(first);
    if (!opening.directive) return;
    if (opening.kind == Token::Kind::kString) {
      sketch_.includes_.push_back(opening.text);
    } else if (is_mark(opening, '<')) {
      auto rest = std::string_view(sketch_.text_).substr(offset_of(opening));
      rest = rest.substr(0, rest.find('\n'));
      if (auto end = rest.find('>'); end != std::string_view::npos)
        sketch_.includes_.push_back(rest.substr(0, end + 1));
    }
  }

  // The field at hand is followed by "= target" or "= &target", and nothing more.
  void bind(int function, int macro) {
    if (!is_mark(token(at_ + 1), '=')) return;
    auto target = at_ + 2;
    if (is_mark(token(target), '&')) ++target;
    const auto& behind = token(target + 1);
    bool ends = is_mark(behind, ',') || is_mark(behind, ';') || is_mark(behind, '}') ||
                is_mark(behind, ')') || behind.directive != tokens_[at_].directive;
    if (!is_word(token(target)) || !ends) return;
    bool assignment = is_mark(tokens_[at_ - 1], '>') || initialised_.empty();
    auto in = assignment ? std::string_view() : initialised_.back().second;
    sketch_.bindings_.push_back(
        {tokens_[at_].text, token(target).text, in, tokens_[at_].line, function, macro});
  }

  Sketch& sketch_;
  std::vector<Token>& tokens_;
  std::size_t at_ = 0;
  std::size_t next_function_ = 0;  // the first that ends at this line or below
  std::size_t next_macro_ = 0;
  int line_ = 0;
  int function_ = -1;
  int macro_ = -1;        // of the directive at hand
  bool in_body_ = false;  // behind the brace of function_
  int depth_ = 0;         // of braces
  bool in_initialiser_ = false;
  // The initialisers around this place: the depth of each and its struct.
  std::vector<std::pair<int, std::string_view>> initialised_;
};

std::unique_ptr<const Sketch> Sketch::of(std::string text,
                                         const std::vector<MacroDefinition>& macros,
                                         std::vector<GuardLock> locks) {
  if (text.size() >= kMaxText) text.resize(kMaxText - 1);  // 512 MB: no source
  std::unique_ptr<Sketch> sketch(new Sketch(std::move(text)));
  sketch->guard_locks_ = std::move(locks);
  Sketcher(*sketch).sketch(macros);
  return sketch;
}

int Sketch::line_of(std::uint32_t offset) const {
  const auto start = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset) - 1;
  const auto between = std::string_view(text_).substr(*start, offset - *start);
  return static_cast<int>(kLinesApart * (start - line_starts_.begin()) +
                          std::count(between.begin(), between.end(), '\n') + 1);
}

std::vector<Use> Sketch::uses(std::string_view name) const {
  std::vector<Use> uses;
  auto hash = mention_hash(name);
  for (auto it = std::lower_bound(mentions_.begin(), mentions_.end(), hash);
       it != mentions_.end() && (*it & kHashMask) == hash; ++it) {
    auto offset = static_cast<std::uint32_t>((*it & ~kHashMask) >> kKindBits);
    auto rest = std::string_view(text_).substr(offset);
    Lexer lexer(rest);
    Token word;
    if (!lexer.next(word) || word.text != name) continue;  // another word of that hash
    Use use{.kind = static_cast<Use::Kind>(*it & ((1U << kKindBits) - 1)),
            .line = line_of(offset),
            .function = {}};
    if (use.kind == Use::Kind::kMacro) {
      auto macro = std::lower_bound(
          macros_.begin(), macros_.end(), use.line,
          [](const MacroDefinition& definition, int line) { return definition.last < line; });
      if (macro != macros_.end()) use.function = macro->name;
    } else if (auto function = std::lower_bound(
                   functions_.begin(), functions_.end(), use.line,
                   [](const FunctionExtent& extent, int line) { return extent.last < line; });
               function != functions_.end() && function->first <= use.line) {
      use.function = function->name;
    }
    uses.push_back(std::move(use));
  }
  return uses;
}

std::string_view Sketch::base(const SketchCall& call) const {
  auto is_word_char = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\n'; };
  auto end = static_cast<std::size_t>(call.callee.data() - text_.data());
  auto skip_blanks = [&](std::size_t at) {
    while (at > 0 && is_blank(text_[at - 1])) --at;
    return at;
  };
  // Behind a member: steps over "->" or "."; the place is left where it is if there is neither.
  auto skip_selector = [&](std::size_t at) {
    at = skip_blanks(at);
    if (at >= 2 && text_[at - 1] == '>' && text_[at - 2] == '-') return skip_blanks(at - 2);
    if (at >= 1 && text_[at - 1] == '.') return skip_blanks(at - 1);
    return std::string::npos;
  };
  auto begin = skip_selector(end);
  if (begin == std::string::npos) return {};
  end = begin;
  for (;;) {
    while (begin > 0 && (text_[begin - 1] == ']' || text_[begin - 1] == ')')) {
      int depth = 0;
      while (begin > 0) {
        --begin;
        if (text_[begin] == ']' || text_[begin] == ')') ++depth;
        if ((text_[begin] == '[' || text_[begin] == '(') && --depth == 0) break;
      }
    }
    while (begin > 0 && is_word_char(text_[begin - 1])) --begin;
    auto before = skip_selector(begin);
    if (before == std::string::npos) return std::string_view(text_).substr(begin, end - begin);
    begin = before;
  }
}

std::vector<std::string> Sketch::arguments(const SketchCall& call) const {
  std::vector<Token> tokens;
  Lexer lexer(std::string_view(text_).substr(call.offset));
  int depth = 0;
  for (Token token; lexer.next(token);) {
    if (token.directive) continue;
    tokens.push_back(token);
    if (is_mark(token, '(')) ++depth;
    if (is_mark(token, ')') && --depth == 0) break;
  }
  return call_arguments(tokens, 0);
}

std::string with_bodies_of(const Sketch& sketch, const std::set<std::string>& functions,
                           bool outside) {
  const auto& text = sketch.text();
  std::string part;
  std::size_t copied = 0;
  auto function = sketch.functions().begin();
  auto end = sketch.functions().end();
  int depth = 0;                       // of braces
  int parentheses = 0;                 // outside of braces
  const char* declared = text.data();  // where the declaration at hand begins
  const char* open = nullptr;          // of what is left out
  std::string_view before;             // the token before
  auto leave_out = [&](const char* first, const char* last) {
    auto at = static_cast<std::size_t>(first - text.data());
    part.append(text, copied, at - copied);
    part.append(static_cast<std::size_t>(std::count(first, last, '\n')), '\n');
    copied = static_cast<std::size_t>(last - text.data());
  };
  Lexer lexer(text);
  for (Token token; lexer.next(token);) {
    const char* behind = token.text.data() + token.text.size();
    if (token.directive) {
      if (depth == 0 && parentheses == 0) declared = behind;
      continue;
    }
    while (function != end && function->last < token.line) {
      ++function;
      depth = parentheses = 0;  // whatever #if branches have opened
      declared = token.text.data();
      open = nullptr;
    }
    bool inside = function != end && function->first <= token.line;
    if (token.text == "{") {
      bool left_out = inside ? !functions.contains(function->name) : !outside && before == "=";
      if (depth++ == 0 && left_out) open = inside && !outside ? declared : behind;
    } else if (token.text == "}" && depth > 0) {
      bool last = --depth == 0 || (inside && token.first_column);
      if (last && open != nullptr) {
        leave_out(open, inside && !outside ? behind : token.text.data());
        open = nullptr;
      }
      if (last) depth = 0;
    }
    if (depth == 0) {
      if (token.text == "(") ++parentheses;
      if (token.text == ")" && parentheses > 0) --parentheses;
      if (parentheses == 0 && (token.text == ";" || token.text == "}")) declared = behind;
    }
    before = token.text;
  }
  return part.append(text, copied);
}

}  // namespace killify
