#include "facts/make_text.h"

#include "support/text.h"

#include <algorithm>
#include <array>
#include <functional>
#include <set>

namespace killify {
namespace {

constexpr char kUnknown = '\x01';
constexpr int kMaxDepth = 32;  // of references in references

// Where the bracket that text[open] opens is closed; npos where it is not.
std::size_t closing(std::string_view text, std::size_t open) {
  const char opens = text[open];
  const char closes = opens == '(' ? ')' : '}';
  int depth = 0;
  for (auto at = open; at < text.size(); ++at) {
    if (text[at] == opens) ++depth;
    if (text[at] == closes && --depth == 0) return at;
  }
  return std::string_view::npos;
}

// At commas outside of brackets.
std::vector<std::string_view> arguments_in(std::string_view text) {
  std::vector<std::string_view> arguments;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    depth += text[at] == '(' || text[at] == '{' ? 1 : text[at] == ')' || text[at] == '}' ? -1 : 0;
    if (depth > 0 || text[at] != ',') continue;
    arguments.push_back(text.substr(begin, at - begin));
    begin = at + 1;
  }
  arguments.push_back(text.substr(begin));
  return arguments;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  if (from.empty()) return text;
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

// What '%' of the pattern stands for in the word; nothing where the word is none of it.
bool matches(std::string_view word, std::string_view pattern, std::string& stem) {
  const auto percent = pattern.find('%');
  if (percent == std::string_view::npos) return word == pattern;
  const auto before = pattern.substr(0, percent);
  const auto behind = pattern.substr(percent + 1);
  if (word.size() < before.size() + behind.size() || !word.starts_with(before) ||
      !word.ends_with(behind))
    return false;
  stem = word.substr(before.size(), word.size() - before.size() - behind.size());
  return true;
}

using EachWord = std::function<std::string(const std::string&)>;

std::string for_words(std::string_view text, const EachWord& each) {
  std::vector<std::string> results;
  for (const auto& word : words_in(text))
    if (auto result = each(word); !result.empty()) results.push_back(std::move(result));
  return join(results, " ");
}

std::string patsubst(std::string_view pattern, std::string_view by, std::string_view text) {
  return for_words(text, [&](const std::string& word) {
    std::string stem;
    return matches(word, pattern, stem) ? replaced(std::string(by), "%", stem) : word;
  });
}

// "$(X:.c=.o)" is "$(X:%.c=%.o)".
std::string substitution(std::string_view from, std::string_view to, std::string_view text) {
  if (from.find('%') != std::string_view::npos) return patsubst(from, to, text);
  return patsubst("%" + std::string(from), "%" + std::string(to), text);
}

std::string filtered(std::string_view patterns, std::string_view text, bool keep) {
  const auto wanted = words_in(patterns);
  return for_words(text, [&](const std::string& word) {
    std::string stem;
    const bool is_one = std::ranges::any_of(
        wanted, [&](const std::string& pattern) { return matches(word, pattern, stem); });
    // What is unknown may be one or not.
    return is_one == keep || is_unknown(word) || is_unknown(patterns) ? word : std::string();
  });
}

std::string part_of_path(std::string_view function, const std::string& word) {
  const auto slash = word.rfind('/');
  const auto name = slash == std::string::npos ? 0 : slash + 1;
  if (function == "notdir") return word.substr(name);
  if (function == "dir") return name == 0 ? "./" : word.substr(0, name);
  const auto dot = word.rfind('.');
  return dot == std::string::npos || dot < name ? word : word.substr(0, dot);  // basename
}

}  // namespace

bool is_unknown(std::string_view text) {
  return text.find(kUnknown) != std::string_view::npos;
}

std::vector<std::string> words_in(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    const auto begin = text.find_first_not_of(" \t\n", at);
    if (begin == std::string_view::npos) break;
    at = std::min(text.find_first_of(" \t\n", begin), text.size());
    words.emplace_back(text.substr(begin, at - begin));
  }
  return words;
}

void MakeVariables::set(const std::string& name, std::string value, bool recursive) {
  variables_[name] = {std::move(value), recursive};
}

void MakeVariables::add(const std::string& name, const std::string& value, bool simple) {
  auto [it, added] = variables_.try_emplace(name, Variable{{}, !simple});
  auto& variable = it->second;
  // A branch that says "X := $(X) ..." would double X each time.
  auto more = variable.recursive ? value : expand(value);
  std::set<std::string> known;
  std::vector<std::string> words;
  for (auto& word : words_in(variable.value + " " + more))
    if (variable.recursive || known.insert(word).second) words.push_back(std::move(word));
  variable.value = join(words, " ");
}

std::string MakeVariables::expand(std::string_view text) const {
  return expand(text, 0);
}

std::string MakeVariables::expand(std::string_view text, int depth) const {
  if (depth > kMaxDepth) return {kUnknown};
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '$' || at + 1 == text.size()) {
      result += text[at++];
    } else if (text[at + 1] == '$') {
      result += '$';
      at += 2;
    } else if (text[at + 1] == '(' || text[at + 1] == '{') {
      const auto end = closing(text, at + 1);
      if (end == std::string_view::npos) return result + kUnknown;
      result += reference(text.substr(at + 2, end - at - 2), depth + 1);
      at = end + 1;
    } else {
      result += value_of(std::string(1, text[at + 1]), depth + 1);
      at += 2;
    }
  }
  return result;
}

// What stands between the brackets of "$(...)".
std::string MakeVariables::reference(std::string_view text, int depth) const {
  const auto blank = text.find_first_of(" \t");
  if (blank != std::string_view::npos &&
      text.substr(0, blank).find_first_of("$(:") == std::string_view::npos)
    return call(text.substr(0, blank), trim(text.substr(blank)), depth);
  const auto colon = text.find(':');
  const auto equals = text.find('=', colon == std::string_view::npos ? 0 : colon);
  if (colon != std::string_view::npos && equals != std::string_view::npos)
    return substitution(expand(text.substr(colon + 1, equals - colon - 1), depth),
                        expand(text.substr(equals + 1), depth),
                        value_of(expand(text.substr(0, colon), depth), depth));
  return value_of(expand(text, depth), depth);
}

std::string MakeVariables::value_of(const std::string& name, int depth) const {
  const auto variable = variables_.find(name);
  if (variable == variables_.end()) return {kUnknown};
  return variable->second.recursive ? expand(variable->second.value, depth)
                                    : variable->second.value;
}

std::string MakeVariables::call(std::string_view function, std::string_view text, int depth) const {
  const auto given = arguments_in(text);
  std::vector<std::string> arguments;
  arguments.reserve(given.size());
  for (const auto& argument : given)
    arguments.push_back(function == "foreach" ? std::string(argument) : expand(argument, depth));
  const auto at = [&](std::size_t i) { return i < arguments.size() ? arguments[i] : ""; };
  if (function == "addprefix")
    return for_words(at(1),
                     [&](const std::string& word) { return std::string(trim(at(0))) + word; });
  if (function == "addsuffix")
    return for_words(at(1),
                     [&](const std::string& word) { return word + std::string(trim(at(0))); });
  if (function == "patsubst") return patsubst(trim(at(0)), trim(at(1)), at(2));
  if (function == "subst") return replaced(at(2), at(0), at(1));
  if (function == "filter" || function == "filter-out")
    return filtered(at(0), at(1), function == "filter");
  if (function == "notdir" || function == "dir" || function == "basename")
    return for_words(at(0), [&](const std::string& word) { return part_of_path(function, word); });
  if (function == "sort" || function == "strip" || function == "abspath" || function == "realpath")
    return join(words_in(at(0)), " ");
  if (function == "if") return at(1) + " " + at(2);
  if (function == "or" || function == "and") return join(arguments, " ");
  if (function == "foreach" && arguments.size() == 3) {
    auto inner = *this;
    return for_words(expand(arguments[1], depth), [&](const std::string& word) {
      inner.set(std::string(trim(arguments[0])), word, false);
      return inner.expand(arguments[2], depth);
    });
  }
  return {kUnknown};  // "wildcard", "shell", "call": nothing is run
}

}  // namespace killify
