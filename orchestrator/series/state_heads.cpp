#include "series/state_heads.h"

#include "facts/declaration.h"
#include "facts/function_head.h"
#include "facts/lexer.h"
#include "series/flag_prose.h"
#include "series/includes.h"
#include "support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace killify {
namespace {

constexpr std::size_t kMaxColumns = 100;
constexpr std::string_view kTasks = "linux/sched.h";  // TASK_INTERRUPTIBLE and its like

struct Edit {
  TextRange range;
  std::string text;
};

std::string apply(const std::string& text, std::vector<Edit> edits) {
  std::stable_sort(edits.begin(), edits.end(),
                   [](const Edit& a, const Edit& b) { return a.range.begin < b.range.begin; });
  std::string result;
  std::size_t at = 0;
  for (const auto& edit : edits) {
    result.append(text, at, edit.range.begin - at);
    result += edit.text;
    at = edit.range.end;
  }
  return result.append(text, at, std::string::npos);
}

std::string_view in(const std::string& text, TextRange range) {
  return std::string_view(text).substr(range.begin, range.end - range.begin);
}

// A parameter in one line: "unsigned int flags", also where it was a bare "unsigned flags".
std::string declaration(std::string_view parameter) {
  constexpr std::string_view kBare = "unsigned ";
  auto text = one_line(parameter);
  if (text.starts_with(kBare) && text.find(' ', kBare.size()) == std::string::npos)
    text.insert(kBare.size(), "int ");
  return text;
}

bool has_comment(std::string_view text) {
  return text.find("/*") != std::string_view::npos || text.find("//") != std::string_view::npos;
}

// The parameters as the state-taking form has them.
std::vector<std::string> state_parameters(const StateForm& form,
                                          std::vector<std::string> parameters) {
  auto state = "unsigned int " + form.state;
  if (form.kind == FlagKind::kBool)
    parameters.at(form.index) = state;
  else
    parameters.push_back(state);
  return parameters;
}

// What the old function's callers mean, as a task state.
std::string state_of_caller(const StateForm& form) {
  switch (form.kind) {
    case FlagKind::kBool:
      return form.flag + " ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE";
    case FlagKind::kBit:
      return fmt::format("{} & {} ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE", form.flag,
                         form.bit);
    default:
      return "TASK_INTERRUPTIBLE";
  }
}

// A head's beginning up to and with its parenthesis; broken behind the type where the parameters
// would not fit.
std::string head_before(std::string type, const std::string& name,
                        const std::vector<std::string>& items) {
  std::size_t longest = 0;
  for (const auto& item : items) longest = std::max(longest, item.size() + 2);
  auto blank = type.empty() || type.back() == '*' || type.back() == '\n' ? "" : " ";
  auto before = type + blank + name + "(";
  if (column_behind(before) + longest > kMaxColumns && type.find_last_not_of(" \n") != type.npos) {
    while (!type.empty() && (type.back() == ' ' || type.back() == '\n')) type.pop_back();
    before = type + "\n" + name + "(";
  }
  return before;
}

// The type in front of a name, without what a static inline function states itself.
std::string type_of(std::string_view text) {
  std::string type;
  for (const auto& token : tokens_of(text)) {
    if (token.text == "extern" || token.text == "static" || token.text == "inline" ||
        token.text == "noinline" || token.text == "__sched")
      continue;
    if (!type.empty() && type.back() != '*') type += ' ';
    type += token.text;
  }
  return type;
}

// "EXPORT_SYMBOL_GPL(fence_wait);"
struct Export {
  TextRange range;
  TextRange name;
  std::string old_name{};  // the function that has to come before it
};

std::vector<Export> exports_of(const std::string& text, const std::string& function) {
  std::vector<Export> exports;
  const auto tokens = tokens_of(text);
  const auto range_of = [&](const Token& token) {
    const auto begin = static_cast<std::size_t>(token.text.data() - text.data());
    return TextRange{begin, begin + token.text.size()};
  };
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
    if (!tokens[i].text.starts_with("EXPORT_SYMBOL") || tokens[i + 2].text != function) continue;
    auto last = i + 2;
    while (last + 1 < tokens.size() && !is_mark(tokens[last], ';')) ++last;
    exports.push_back(
        {{range_of(tokens[i]).begin, range_of(tokens[last]).end}, range_of(tokens[i + 2])});
  }
  return exports;
}

class HeadWriter {
 public:
  HeadWriter(const std::string& text, const std::string& path, const StateForm& form,
             const std::vector<std::string>& parameters)
      : text_(text), header_(path.ends_with(".h")), form_(form), parameters_(parameters) {}

  StateHeads write() {
    auto heads = heads_of(text_, form_.function);
    exports_ = exports_of(text_, form_.function);
    bool wrapper = form_.keeps_callers && !form_.exported && (header_ || form_.is_static);
    bool own_code = false;  // the old name's
    for (const auto& head : heads) {
      if (auto objection = change(head); !objection.empty()) return {text_, 0, objection};
      own_code = own_code || (form_.exported && head.definition);
      if (form_.exported && head.definition && header_) add_old_name(head);  // a stub
      // The first declaration in a .c file is where the old name goes; a header may have one in
      // each branch of an #if.
      if (wrapper && (header_ || &head == &heads.front())) add_old_name(head);
    }
    change_exports();
    StateHeads result{apply(text_, std::move(edits_)), static_cast<unsigned>(heads.size()), {}};
    if ((wrapper && !heads.empty()) || own_code) result.text = with_include(result.text, kTasks);
    return result;
  }

 private:
  std::string change(const FunctionHead& head) {
    if (head.parameters.size() != parameters_.size())
      return fmt::format("a declaration of {}() has other parameters than its definition",
                         form_.function);
    if (has_comment(in(text_, head.parentheses)))
      return fmt::format("a comment among the parameters of {}()", form_.function);
    std::vector<std::string> items;
    for (std::size_t i = 0; i < head.parameters.size(); ++i)
      items.push_back(with_name(declaration(in(text_, head.parameters[i])), parameters_[i]));
    items = state_parameters(form_, std::move(items));
    std::string type(in(text_, {head.begin, head.name.begin}));
    while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.pop_back();
    const bool added = form_.exported && !head.definition;
    if (constexpr std::string_view kExtern = "extern "; added && type.starts_with(kExtern))
      type.erase(0, kExtern.size());
    auto before = head_before(type, form_.renamed, items);
    auto changed = aligned_list(before, items, one_per_line(head)) + ")";
    const std::string comment(in(text_, head.comment));
    const bool documented = comment.starts_with("/**");
    auto doc = documented ? kernel_doc(comment) : std::string();
    if (documented && form_.kind == FlagKind::kBool) {
      auto said = with_flag_as_state(doc, form_.flag, form_.state);
      if (!said)
        return fmt::format("the kernel-doc of {}() speaks of the values of @{}", form_.function,
                           form_.flag);
      doc = std::move(*said);
    }
    if (added) {  // beside the old one, which stays as it is
      const auto tail = in(text_, {head.parentheses.end, head.end});
      auto beside = "\n" + changed + std::string(tail);
      if (documented) beside = "\n\n" + doc + beside;
      edits_.push_back({{head.end, head.end}, std::move(beside)});
      return {};
    }
    edits_.push_back({{head.begin, head.parentheses.end}, std::move(changed)});
    if (documented) edits_.push_back({head.comment, std::move(doc)});
    if (form_.exported && !header_)
      add_exported_old_name(head, documented ? comment + "\n" : std::string());
    return {};
  }

  // The old name as a function of its own, with its head, its comment and its export, for modules
  // that this tree does not know. An export right behind the definition stays behind it.
  void add_exported_old_name(const FunctionHead& head, const std::string& comment) {
    std::vector<std::string> parameters;
    for (const auto range : head.parameters) parameters.push_back(declaration(in(text_, range)));
    const auto call = call_of_form(type_of(in(text_, {head.begin, head.name.begin})), parameters);
    auto text = fmt::format("{}{}\n{{\n{});\n}}", comment,
                            in(text_, {head.begin, head.parentheses.end}), call);
    const auto adjacent = std::ranges::find_if(exports_, [&](const Export& one) {
      return one.range.begin >= head.end && trim(in(text_, {head.end, one.range.begin})).empty();
    });
    if (adjacent != exports_.end()) {
      adjacent->old_name = std::move(text);
      return;
    }
    text = "\n\n" + text;
    if (text_.compare(head.end, 2, "\n\n") != 0 && head.end + 1 < text_.size()) text += "\n";
    edits_.push_back({{head.end, head.end}, std::move(text)});
  }

  // "\treturn fence_wait_state(f, intr ? TASK_INTERRUPTIBLE : ..." without what closes it.
  std::string call_of_form(const std::string& type,
                           const std::vector<std::string>& parameters) const {
    std::vector<std::string> arguments;
    arguments.reserve(parameters.size());
    for (const auto& parameter : parameters) arguments.push_back(declared(parameter).name);
    if (form_.kind == FlagKind::kBool)
      arguments[form_.index] = state_of_caller(form_);
    else
      arguments.push_back(state_of_caller(form_));
    return aligned_list(std::string(type == "void" ? "\t" : "\treturn ") + form_.renamed + "(",
                        arguments, false);
  }

  // checkpatch.pl wants the names in a new line that a prototype left out.
  static std::string with_name(const std::string& parameter, const std::string& in_definition) {
    const auto name = declared(in_definition).name;
    const auto type =
        std::string_view(in_definition)
            .substr(0, in_definition.size() - std::min(name.size(), in_definition.size()));
    return in_definition.ends_with(name) && trim(type) == parameter ? in_definition : parameter;
  }

  bool one_per_line(const FunctionHead& head) const {
    for (std::size_t i = 1; i < head.parameters.size(); ++i) {
      auto between = in(text_, {head.parameters[i - 1].end, head.parameters[i].begin});
      if (between.find('\n') == std::string_view::npos) return false;
    }
    return head.parameters.size() > 1;
  }

  void add_old_name(const FunctionHead& head) {
    auto type = type_of(in(text_, {head.begin, head.name.begin}));
    auto items = parameters_.empty() ? std::vector<std::string>{"void"} : parameters_;
    auto text = fmt::format(
        "\n\n{})\n{{\n{});\n}}",
        aligned_list(head_before("static inline " + type, form_.function, items), items, false),
        call_of_form(type, parameters_));
    const auto at = behind_bit(head.end);
    bool blank_follows = text_.compare(at, 2, "\n\n") == 0 || at + 1 >= text_.size();
    if (!blank_follows) text += "\n";
    edits_.push_back({{at, at}, std::move(text)});
  }

  // Where an inline function that names the bit can stand: behind the #defines that make it, where
  // these follow the prototype.
  std::size_t behind_bit(std::size_t at) const {
    if (form_.kind != FlagKind::kBit) return at;
    bool found = false;
    for (std::size_t start = text_.find('\n', at); start != std::string::npos;
         start = text_.find('\n', start + 1)) {
      const auto line = std::string_view(text_).substr(start + 1);
      const bool define = line.starts_with("#define ");
      if (found && !define) return start;
      found = found || (define && line.substr(8).starts_with(form_.bit));
    }
    return at;
  }

  // "dma_fence_wait - " and "@intr: ..." become those of the state-taking form.
  std::string kernel_doc(const std::string& comment) const {
    auto lines = split_lines(comment);
    std::vector<std::string> result;
    auto indent = lines.size() > 1 ? lines[1].substr(0, lines[1].find('*')) : std::string(" ");
    auto state =
        fmt::format("{}* @{}: {}TASK_INTERRUPTIBLE or TASK_KILLABLE", indent, form_.state,
                    form_.kind == FlagKind::kNone && !form_.undoes ? "" : "TASK_UNINTERRUPTIBLE, ");
    std::optional<std::size_t> behind_parameters;
    bool in_parameter = false;
    bool in_flag = false;
    bool named = false;
    for (const auto& line : lines) {
      auto text = trim(std::string_view(line).substr(std::min(line.find('*') + 1, line.size())));
      bool starts_parameter = text.starts_with('@');
      bool ends_parameter = text.empty() || text == "/";
      if (starts_parameter || ends_parameter) in_flag = false;
      if (starts_parameter && form_.kind == FlagKind::kBool &&
          text.starts_with("@" + form_.flag + ":")) {
        in_flag = true;
        in_parameter = true;
        result.push_back(state);
        continue;
      }
      if (in_flag) continue;
      if (in_parameter && ends_parameter && !behind_parameters) behind_parameters = result.size();
      if (starts_parameter) in_parameter = true;
      if (ends_parameter) in_parameter = false;
      auto copy = line;
      if (!named) {
        for (auto at = copy.find(form_.function); at != std::string::npos;
             at = copy.find(form_.function, at + 1)) {
          auto next = at + form_.function.size();
          if (next == copy.size() || copy[next] == ' ' || copy[next] == '(') {
            copy.replace(at, form_.function.size(), form_.renamed);
            named = true;
            break;
          }
        }
      }
      result.push_back(std::move(copy));
    }
    if (form_.kind != FlagKind::kBool && behind_parameters)
      result.insert(result.begin() + static_cast<std::ptrdiff_t>(*behind_parameters), state);
    return join(result, "\n");
  }

  // An export of the old name becomes the form's, or stays behind the old name, with the form's
  // before it.
  void change_exports() {
    for (const auto& one : exports_) {
      if (!form_.exported) {
        edits_.push_back({one.name, form_.renamed});
        continue;
      }
      auto text = std::string(in(text_, {one.range.begin, one.name.begin})) + form_.renamed +
                  std::string(in(text_, {one.name.end, one.range.end})) + "\n";
      if (!one.old_name.empty()) text += "\n" + one.old_name + "\n";
      edits_.push_back({{one.range.begin, one.range.begin}, std::move(text)});
    }
  }

  const std::string& text_;
  bool header_;
  const StateForm& form_;
  const std::vector<std::string>& parameters_;
  std::vector<Export> exports_;
  std::vector<Edit> edits_;
};

// The offsets between the braces of "struct NAME {".
std::optional<TextRange> struct_body(const std::string& text, const std::vector<Token>& tokens,
                                     const std::string& name) {
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
    if (tokens[i].text != "struct" || tokens[i + 1].text != name || !is_mark(tokens[i + 2], '{'))
      continue;
    int depth = 0;
    for (auto j = i + 2; j < tokens.size(); ++j) {
      if (is_mark(tokens[j], '{')) ++depth;
      if (is_mark(tokens[j], '}') && --depth == 0)
        return TextRange{static_cast<std::size_t>(tokens[i + 2].text.data() - text.data()) + 1,
                         static_cast<std::size_t>(tokens[j].text.data() - text.data())};
    }
  }
  return std::nullopt;
}

// What the kernel-doc of a struct says of a member: "@intr: ..." up to the next one. `body` is the
// struct's.
std::optional<TextRange> member_doc(const std::string& text, TextRange body,
                                    const std::string& member) {
  const auto comment = text.rfind("/**", body.begin);
  if (comment == std::string::npos) return std::nullopt;
  const auto behind = text.find("*/", comment);
  const auto between = std::string_view(text).substr(behind + 2, body.begin - behind - 2);
  const bool its_own = behind < body.begin && between.find_first_of(";}") == between.npos;
  const auto begin = text.find("@" + member + ":", its_own ? comment : body.begin);
  if (begin == std::string::npos || begin >= body.end) return std::nullopt;
  auto end = begin;
  for (auto line = begin; line < body.end; line = end + 1) {
    const auto stop = std::min(text.find('\n', line), body.end);
    const auto code = std::string_view(text).substr(line, stop - line);
    const auto first = code.find_first_not_of(" \t*");
    const bool closes = code.find("*/") != code.npos;
    if (line > begin && (closes || first == code.npos || code[first] == '@')) break;
    end = closes ? line + code.substr(0, code.find("*/")).find_last_not_of(" \t") + 1 : stop;
    if (closes) break;
  }
  return TextRange{begin, end};
}

bool within(const std::string& text, const Token& token, TextRange range) {
  auto at = static_cast<std::size_t>(token.text.data() - text.data());
  return at >= range.begin && at < range.end;
}

}  // namespace

std::vector<std::string> parameters_in(const std::string& text, const std::string& function) {
  std::vector<std::string> parameters;
  for (const auto& head : heads_of(text, function)) {
    if (!head.definition) continue;
    for (auto range : head.parameters) parameters.push_back(declaration(in(text, range)));
    break;
  }
  return parameters;
}

StateHeads with_state_heads(const std::string& text, const std::string& path, const StateForm& form,
                            const std::vector<std::string>& parameters) {
  return HeadWriter(text, path, form, parameters).write();
}

StateHeads with_state_parameter_of_field(const std::string& text, const std::string& in_struct,
                                         const std::string& field, unsigned index) {
  auto tokens = tokens_of(text);
  auto body = struct_body(text, tokens, in_struct);
  StateHeads result{text, 0, fmt::format("no function pointer {} in struct {}", field, in_struct)};
  if (!body) return result;
  std::vector<Edit> edits;
  // "(*wait)(struct dma_fence *fence, bool intr, signed long timeout)"
  for (std::size_t i = 2; i + 2 < tokens.size(); ++i) {
    if (tokens[i].text != field || !within(text, tokens[i], *body) ||
        !is_mark(tokens[i - 1], '*') || !is_mark(tokens[i + 1], ')') ||
        !is_mark(tokens[i + 2], '('))
      continue;
    int depth = 0;
    unsigned at = 0;
    std::size_t item = i + 3;
    for (auto j = i + 2; j < tokens.size(); ++j) {
      if (is_mark(tokens[j], '(')) ++depth;
      bool closes = is_mark(tokens[j], ')') && --depth == 0;
      if (closes || (depth == 1 && is_mark(tokens[j], ','))) {
        if (at++ == index) {
          auto begin = static_cast<std::size_t>(tokens[item].text.data() - text.data());
          auto end = static_cast<std::size_t>(tokens[j - 1].text.data() - text.data()) +
                     tokens[j - 1].text.size();
          edits.push_back({{begin, end}, "unsigned int state"});
        }
        item = j + 1;
      }
      if (closes) break;
    }
  }
  if (edits.empty()) return result;
  auto changed = static_cast<unsigned>(edits.size());
  return {apply(text, std::move(edits)), changed, {}};
}

StateHeads with_state_field(const std::string& text, const std::string& in_struct,
                            const std::string& flag, const std::string& state) {
  auto tokens = tokens_of(text);
  auto body = struct_body(text, tokens, in_struct);
  if (body) {
    for (std::size_t i = 1; i + 1 < tokens.size(); ++i) {
      if (tokens[i].text != flag || tokens[i - 1].text != "bool" || !is_mark(tokens[i + 1], ';') ||
          !within(text, tokens[i], *body))
        continue;
      auto begin = static_cast<std::size_t>(tokens[i - 1].text.data() - text.data());
      auto end = static_cast<std::size_t>(tokens[i].text.data() - text.data()) + flag.size();
      std::vector<Edit> edits = {{{begin, end}, "unsigned int " + state}};
      if (auto doc = member_doc(text, *body, flag))
        edits.push_back(
            {*doc,
             fmt::format("@{}: TASK_UNINTERRUPTIBLE, TASK_INTERRUPTIBLE or TASK_KILLABLE", state)});
      return {apply(text, std::move(edits)), 1, {}};
    }
  }
  return {text, 0, fmt::format("no 'bool {};' in struct {}", flag, in_struct)};
}

}  // namespace killify
