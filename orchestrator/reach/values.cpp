#include "reach/values.h"

#include "facts/lexer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <vector>

namespace killify {
namespace {

// "2", "-1", "-EINTR": none is 0.
bool is_number(const std::string& bit) {
  return bit.front() == '-' || (bit.front() >= '0' && bit.front() <= '9');
}

}  // namespace

Value Value::bits(std::set<std::string> set) {
  Value value;
  value.kind = Kind::kBits;
  value.may = set;
  value.must = std::move(set);
  return value;
}

Value Value::number(bool not_zero) {
  return not_zero ? bits({"1"}) : bits({});
}

Value Value::of(std::shared_ptr<const Object> object) {
  Value value;
  value.kind = Kind::kObject;
  value.object = std::move(object);
  return value;
}

Value Value::of(std::set<std::size_t> functions, std::string name) {
  Value value;
  value.kind = Kind::kFunctions;
  value.functions = std::move(functions);
  value.name = std::move(name);
  return value;
}

Value Value::table(std::size_t id, std::string name) {
  auto value = of(std::set<std::size_t>{id}, std::move(name));
  value.kind = Kind::kTables;
  return value;
}

Value Value::place(std::string path) {
  Value value;
  value.kind = Kind::kPlace;
  value.name = std::move(path);
  return value;
}

Truth truth_of(const Value& value) {
  switch (value.kind) {
    case Value::Kind::kObject:
    case Value::Kind::kFunctions:
    case Value::Kind::kTables:
      return Truth::kTrue;
    case Value::Kind::kBits:
      // A name alone may be an enumerator that is 0.
      if (std::any_of(value.must.begin(), value.must.end(), is_number)) return Truth::kTrue;
      return value.may.empty() && !value.open ? Truth::kFalse : Truth::kUnknown;
    case Value::Kind::kPlace:
    case Value::Kind::kUnknown:
      break;
  }
  return Truth::kUnknown;
}

Truth operator!(Truth truth) {
  if (truth == Truth::kUnknown) return truth;
  return truth == Truth::kTrue ? Truth::kFalse : Truth::kTrue;
}

Truth has_bit(const Value& value, const std::string& bit) {
  if (value.kind != Value::Kind::kBits) return Truth::kUnknown;
  if (value.must.contains(bit)) return Truth::kTrue;
  return value.open || value.may.contains(bit) ? Truth::kUnknown : Truth::kFalse;
}

bool is_task_state(const Value& value) {
  return value.kind == Value::Kind::kBits && !value.open && !value.may.empty() &&
         std::all_of(value.may.begin(), value.may.end(),
                     [](const std::string& bit) { return bit.starts_with("TASK_"); });
}

Value field_of(const Value& value, const std::string& field) {
  if (value.kind == Value::Kind::kPlace) return Value::place(value.name + "->" + field);
  if (value.kind != Value::Kind::kObject) return Value::unknown();
  auto it = value.object->fields.find(field);
  if (it != value.object->fields.end()) return it->second;
  return value.object->others_zero ? Value::number(false) : Value::unknown();
}

Value join(const Value& a, const Value& b) {
  if (a.kind != b.kind) return Value::unknown();
  switch (a.kind) {
    case Value::Kind::kUnknown:
      break;
    case Value::Kind::kBits: {
      Value both = Value::bits({});
      std::set_intersection(a.must.begin(), a.must.end(), b.must.begin(), b.must.end(),
                            std::inserter(both.must, both.must.end()));
      both.may = a.may;
      both.may.insert(b.may.begin(), b.may.end());
      both.open = a.open || b.open;
      return both;
    }
    case Value::Kind::kPlace:
      return a.name == b.name ? a : Value::unknown();
    case Value::Kind::kFunctions:
    case Value::Kind::kTables: {
      auto both = a;
      both.functions.insert(b.functions.begin(), b.functions.end());
      if (b.name != a.name) both.name += " or " + b.name;
      return both;
    }
    case Value::Kind::kObject: {
      Object both;
      both.others_zero = a.object->others_zero && b.object->others_zero;
      for (const auto* object : {a.object.get(), b.object.get()})
        for (const auto& [field, value] : object->fields)
          both.fields[field] = join(field_of(a, field), field_of(b, field));
      return Value::of(std::make_shared<const Object>(std::move(both)));
    }
  }
  return Value::unknown();
}

std::string text_of(const Value& value) {
  switch (value.kind) {
    case Value::Kind::kUnknown:
      break;
    case Value::Kind::kFunctions:
      return value.name;
    case Value::Kind::kTables:
      return "&" + value.name;
    case Value::Kind::kPlace:
      return "given" + value.name;
    case Value::Kind::kBits: {
      if (value.must == std::set<std::string>{"1"} && value.may == value.must && !value.open)
        return "true";
      if (value.may.empty() && !value.open) return "false";
      auto text = fmt::format("{}", fmt::join(value.must, " | "));
      std::vector<std::string> perhaps;
      std::set_difference(value.may.begin(), value.may.end(), value.must.begin(), value.must.end(),
                          std::back_inserter(perhaps));
      for (const auto& bit : perhaps) text += fmt::format("{}{}?", text.empty() ? "" : " | ", bit);
      return value.open ? text + (text.empty() ? "..." : " | ...") : text;
    }
    case Value::Kind::kObject: {
      std::vector<std::string> fields;
      for (const auto& [field, known] : value.object->fields)
        if (known.known()) fields.push_back(fmt::format(".{} = {}", field, text_of(known)));
      return fmt::format("{{{}{}}}", fmt::join(fields, ", "),
                         value.object->others_zero ? "" : ", ...");
    }
  }
  return "unknown";
}

Value worth_telling(const Value& value) {
  if (value.kind == Value::Kind::kTables || value.kind == Value::Kind::kPlace)
    return Value::unknown();
  if (value.kind != Value::Kind::kObject) return value;
  Object told;
  told.others_zero = value.object->others_zero;
  for (const auto& [field, known] : value.object->fields) {
    const bool perhaps = known.kind == Value::Kind::kBits && known.must != known.may;
    if (value.object->made && perhaps) continue;  // a list of what others may set
    if (auto one = worth_telling(known); one.known()) told.fields[field] = std::move(one);
  }
  if (told.fields.empty() && (value.object->made || !value.object->fields.empty()))
    return Value::unknown();
  return Value::of(std::make_shared<const Object>(std::move(told)));
}

namespace {

bool is_constant(std::string_view word) {
  return word.size() > 1 &&
         std::none_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

Value from(Truth truth) {
  return truth == Truth::kUnknown ? Value::unknown() : Value::number(truth == Truth::kTrue);
}

// A parser by precedence. Anything unexpected makes the whole unknown.
class Parser {
 public:
  Parser(std::string_view text, const Scope& scope)
      : text_(text), tokens_(tokens_of(text)), scope_(scope) {}

  Value all() {
    auto value = conditional();
    return at_ == tokens_.size() && !lost_ ? value : Value::unknown();
  }

 private:
  [[nodiscard]] bool is(std::string_view text, std::size_t ahead = 0) const {
    return at_ + ahead < tokens_.size() && tokens_[at_ + ahead].text == text;
  }
  // Two punctuation tokens that touch: the lexer gives "&&" as two.
  [[nodiscard]] bool is_pair(char first, char second) const {
    return at_ + 1 < tokens_.size() && tokens_[at_].text == std::string_view(&first, 1) &&
           tokens_[at_ + 1].text == std::string_view(&second, 1) &&
           tokens_[at_].text.data() + 1 == tokens_[at_ + 1].text.data();
  }
  bool accept(std::string_view text) {
    if (!is(text)) return false;
    ++at_;
    return true;
  }
  bool accept_pair(char first, char second) {
    if (!is_pair(first, second)) return false;
    at_ += 2;
    return true;
  }
  Value give_up() {
    lost_ = true;
    at_ = tokens_.size();
    return Value::unknown();
  }

  Value conditional() {
    auto condition = either();
    if (!accept("?")) return condition;
    auto yes = is(":") ? condition : conditional();
    if (!accept(":")) return give_up();
    auto no = conditional();
    switch (truth_of(condition)) {
      case Truth::kTrue:
        return yes;
      case Truth::kFalse:
        return no;
      case Truth::kUnknown:
        break;
    }
    return join(yes, no);
  }

  Value either() {
    auto left = both();
    while (accept_pair('|', '|')) {
      auto right = both();
      auto a = truth_of(left);
      auto b = truth_of(right);
      if (a == Truth::kTrue || b == Truth::kTrue)
        left = Value::number(true);
      else
        left = a == Truth::kFalse && b == Truth::kFalse ? Value::number(false) : Value::unknown();
    }
    return left;
  }

  Value both() {
    auto left = bit_or();
    while (accept_pair('&', '&')) {
      auto right = bit_or();
      auto a = truth_of(left);
      auto b = truth_of(right);
      if (a == Truth::kFalse || b == Truth::kFalse)
        left = Value::number(false);
      else
        left = a == Truth::kTrue && b == Truth::kTrue ? Value::number(true) : Value::unknown();
    }
    return left;
  }

  Value bit_or() {
    auto left = bit_and();
    while (is("|") && !is_pair('|', '|') && !is_pair('|', '=')) {
      ++at_;
      left = with_bits(left, bit_and());
    }
    return left;
  }

  // Unknown | FLAG still has FLAG.
  static Value with_bits(const Value& a, const Value& b) {
    if (a.kind == Value::Kind::kObject || b.kind == Value::Kind::kObject) return Value::unknown();
    auto result = Value::bits({});
    for (const auto* value : {&a, &b}) {
      result.must.insert(value->must.begin(), value->must.end());
      result.may.insert(value->may.begin(), value->may.end());
      result.open = result.open || value->open || value->kind != Value::Kind::kBits;
    }
    return result;
  }

  Value bit_and() {
    auto left = equality();
    while (is("&") && !is_pair('&', '&') && !is_pair('&', '=')) {
      ++at_;
      left = common_bits(left, equality());
    }
    return left;
  }

  // Whether a constant of one has a bit of another one's, whatever they are called: a mask.
  [[nodiscard]] bool may_overlap(const Value& a, const Value& b) const {
    if (!scope_.number) return false;
    return std::ranges::any_of(a.may, [&](const std::string& one) {
      const auto left = scope_.number(one);
      return left && std::ranges::any_of(b.may, [&](const std::string& other) {
               const auto right = scope_.number(other);
               return right && (*left & *right) != 0;
             });
    });
  }

  [[nodiscard]] Value common_bits(const Value& a, const Value& b) const {
    bool a_known = a.kind == Value::Kind::kBits;
    bool b_known = b.kind == Value::Kind::kBits;
    if (!a_known && !b_known) return Value::unknown();
    if ((a_known && truth_of(a) == Truth::kFalse) || (b_known && truth_of(b) == Truth::kFalse))
      return Value::number(false);
    if (!a_known || !b_known) return Value::unknown();
    auto result = Value::bits({});
    std::set_intersection(a.must.begin(), a.must.end(), b.must.begin(), b.must.end(),
                          std::inserter(result.must, result.must.end()));
    if (!result.must.empty()) result.must.insert("1");  // nobody tests for a flag that is 0
    result.may = result.must;
    for (const auto& bit : a.may)
      if (b.may.contains(bit) || b.open) result.may.insert(bit);
    for (const auto& bit : b.may)
      if (a.open) result.may.insert(bit);
    result.open = a.open && b.open;
    if (result.may.empty() && !result.open && may_overlap(a, b)) return Value::unknown();
    return result;
  }

  Value equality() {
    auto left = unary();
    for (;;) {
      bool equal = is_pair('=', '=');
      if (!equal && !is_pair('!', '=')) break;
      at_ += 2;
      auto same = equal_truth(left, unary());
      left = from(equal ? same : !same);
    }
    for (const char* other : {"<", ">", "+", "-", "*", "/", "%", "^"}) {
      if (!is(other)) continue;
      bool compares = (is("<") || is(">")) && !is_pair('<', '<') && !is_pair('>', '>');
      bool less = is("<");
      bool or_equal = is_pair('<', '=') || is_pair('>', '=');
      if (compares) {
        at_ += or_equal ? 2 : 1;
        auto right = unary();
        if (at_ == tokens_.size() || is(")") || is("?") || is(":") || is("&") || is("|") || is(","))
          return from(less ? below(left, right, or_equal) : below(right, left, or_equal));
      }
      // What is computed is not known.
      while (at_ < tokens_.size() && !is(")") && !is("?") && !is(":") && !is_pair('&', '&') &&
             !is_pair('|', '|') && !is(","))
        skip_one();
      return Value::unknown();
    }
    return left;
  }

  // The number that a value is; nothing where it has a name or is not known.
  static std::optional<long> number_of(const Value& value) {
    if (value.kind != Value::Kind::kBits || value.open || value.must != value.may) return {};
    if (value.must.empty()) return 0;
    const auto& bit = *value.must.begin();
    if (value.must.size() > 1 || !is_number(bit)) return {};
    char* end = nullptr;
    auto number = std::strtol(bit.c_str(), &end, 0);
    return end == bit.c_str() ? std::optional<long>() : number;
  }

  // "-EINTR": below 0, nobody knows how far.
  static bool is_error(const Value& value) {
    return value.kind == Value::Kind::kBits && !value.open && value.must.size() == 1 &&
           value.must == value.may && value.must.begin()->front() == '-' && !number_of(value);
  }

  static Truth below(const Value& a, const Value& b, bool or_equal) {
    auto left = number_of(a);
    auto right = number_of(b);
    if (is_error(a) && right && *right >= 0) return Truth::kTrue;
    if (is_error(b) && left && *left >= 0) return Truth::kFalse;
    if (!left || !right) return Truth::kUnknown;
    return *left < *right || (or_equal && *left == *right) ? Truth::kTrue : Truth::kFalse;
  }

  static Truth equal_truth(const Value& a, const Value& b) {
    if (a.kind != Value::Kind::kBits || b.kind != Value::Kind::kBits) {
      // A pointer to something that is there is not NULL.
      auto points = [](const Value& value) {
        return value.kind == Value::Kind::kObject || value.kind == Value::Kind::kFunctions ||
               value.kind == Value::Kind::kTables;
      };
      bool object = points(a) || points(b);
      const auto& other = points(a) ? b : a;
      return object && truth_of(other) == Truth::kFalse ? Truth::kFalse : Truth::kUnknown;
    }
    bool exact = a.must == a.may && b.must == b.may && !a.open && !b.open;
    if (exact) return a.must == b.must ? Truth::kTrue : Truth::kFalse;
    for (const auto& bit : a.must)
      if (!b.open && !b.may.contains(bit)) return Truth::kFalse;
    for (const auto& bit : b.must)
      if (!a.open && !a.may.contains(bit)) return Truth::kFalse;
    return Truth::kUnknown;
  }

  Value unary() {
    if (is("!") && !is_pair('!', '=')) {
      ++at_;
      return from(!truth_of(unary()));
    }
    if (accept("&")) {
      const bool name = at_ < tokens_.size() && tokens_[at_].kind == Token::Kind::kWord;
      const auto word = name ? tokens_[at_].text : std::string_view();
      const auto before = at_;
      auto value = unary();  // the object itself stands for its address
      if (!value.known() && name && at_ == before + 1 && scope_.address)
        return scope_.address(word);
      return value;
    }
    if (accept("-")) {
      auto value = unary();
      bool single = value.kind == Value::Kind::kBits && !value.open && value.must == value.may &&
                    value.must.size() == 1 && value.must.begin()->front() != '-';
      if (single) return Value::bits({"-" + *value.must.begin()});
      return truth_of(value) == Truth::kFalse ? value : Value::unknown();
    }
    if (accept("~") || accept("*")) {
      unary();
      return Value::unknown();
    }
    return postfix();
  }

  Value postfix() {
    auto value = primary();
    for (;;) {
      bool arrow = is_pair('-', '>') || (is("-") && is(">", 1));
      if (arrow || is(".")) {
        at_ += arrow ? 2 : 1;
        if (at_ >= tokens_.size()) return give_up();
        value = field_of(value, std::string(tokens_[at_++].text));
      } else if (is("[")) {
        skip_brackets();
        value = Value::unknown();
      } else {
        return value;
      }
    }
  }

  Value primary() {
    if (at_ >= tokens_.size()) return give_up();
    if (is("(")) {
      if (is_cast()) {
        skip_brackets();
        return unary();
      }
      ++at_;
      auto value = conditional();
      return accept(")") ? value : give_up();
    }
    if (accept("{")) return pointers_of_list();
    const auto& token = tokens_[at_++];
    if (token.kind == Token::Kind::kNumber) {
      bool zero = token.text.find_first_not_of("0xXuUlL") == std::string_view::npos;
      return zero || token.text == "1" ? Value::number(!zero)
                                       : Value::bits({std::string(token.text)});
    }
    if (token.kind != Token::Kind::kWord) return give_up();
    if (is("(")) {
      auto begin = token.text.data();
      skip_brackets();
      if (token.text == "likely" || token.text == "unlikely" || token.text == "READ_ONCE") {
        const auto* inside = begin + token.text.size();
        const auto* end = tokens_[at_ - 1].text.data() + 1;
        return evaluate(std::string_view(inside, static_cast<std::size_t>(end - inside)), scope_);
      }
      const auto* end = tokens_[at_ - 1].text.data() + tokens_[at_ - 1].text.size();
      return scope_.call ? scope_.call(token.text,
                                       std::string(begin, static_cast<std::size_t>(end - begin)))
                         : Value::unknown();
    }
    if (token.text == "true") return Value::number(true);
    if (token.text == "false" || token.text == "NULL") return Value::number(false);
    auto value = scope_.variable ? scope_.variable(token.text) : Value::unknown();
    if (!value.known() && is_constant(token.text)) return Value::bits({std::string(token.text)});
    return value;
  }

  // Behind the "{" of a list of initialisers.
  Value pointers_of_list() {
    Object object;
    while (accept(".")) {
      if (at_ >= tokens_.size()) return give_up();
      std::string field(tokens_[at_++].text);
      if (!accept("=")) return give_up();
      auto value = conditional();
      if (value.known() && value.kind != Value::Kind::kBits)
        object.fields[field] = std::move(value);
      if (!accept(",")) break;
    }
    if (!accept("}")) return give_up();
    if (object.fields.empty()) return Value::unknown();
    return Value::of(std::make_shared<const Object>(std::move(object)));
  }

  // "(struct x *) y", "(void) y", "(u32) y": names and stars only, and something behind it.
  [[nodiscard]] bool is_cast() const {
    bool type = false;
    for (auto i = at_ + 1; i < tokens_.size(); ++i) {
      const auto& token = tokens_[i];
      if (token.text == ")") {
        bool operand =
            i + 1 < tokens_.size() && (tokens_[i + 1].kind != Token::Kind::kPunctuation ||
                                       tokens_[i + 1].text == "(" || tokens_[i + 1].text == "&");
        bool before_and = i + 2 < tokens_.size() && tokens_[i + 1].text == "&";
        return operand && (type || (i == at_ + 2 && !before_and &&
                                    tokens_[i + 1].kind != Token::Kind::kPunctuation));
      }
      if (token.text == "*" || token.text == "struct" || token.text == "unsigned" ||
          token.text == "void" || token.text == "const" || token.text == "int" ||
          token.text == "long" || token.text == "bool")
        type = true;
      else if (token.kind != Token::Kind::kWord)
        return false;
    }
    return false;
  }

  void skip_one() {
    if (is("(") || is("["))
      skip_brackets();
    else
      ++at_;
  }

  void skip_brackets() {
    int depth = 0;
    for (; at_ < tokens_.size(); ++at_) {
      if (is("(") || is("[")) ++depth;
      if ((is(")") || is("]")) && --depth == 0) {
        ++at_;
        return;
      }
    }
    lost_ = true;
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  const Scope& scope_;
  std::size_t at_ = 0;
  bool lost_ = false;
};

}  // namespace

Value evaluate(std::string_view expression, const Scope& scope) {
  return Parser(expression, scope).all();
}

}  // namespace killify
