#include "spec/yaml_node.h"

#include "support/files.h"
#include "support/text.h"

#include <algorithm>
#include <charconv>

namespace killify {

Result<YamlNode> YamlNode::load(const std::filesystem::path& file) {
  KILLIFY_TRY(const std::string text, read_file(file));
  auto name = std::make_shared<const std::string>(file.string());
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(text);
    if (documents.empty() || documents.front().IsNull())
      return killify::fail("{}:1:1: the file says nothing", *name);
    if (documents.size() > 1)
      return YamlNode(documents[1], name).fail("a second document; one file holds one");
    return YamlNode(documents.front(), name);
  } catch (const YAML::Exception& problem) {
    return killify::fail("{}:{}:{}: no valid YAML: {}", *name, problem.mark.line + 1,
                         problem.mark.column + 1, problem.msg);
  }
}

std::string YamlNode::place() const {
  // Marks count from 0.
  return fmt::format("{}:{}:{}", *file_, line(), std::max(mark_.column, 0) + 1);
}

int YamlNode::line() const {
  return std::max(mark_.line, 0) + 1;
}

std::string YamlNode::what_is_here() const {
  if (node_.IsScalar()) return fmt::format("'{}'", node_.Scalar());
  if (node_.IsSequence()) return "a list";
  if (node_.IsMap()) return "a mapping";
  return "nothing";
}

Result<std::string> YamlNode::text(std::string_view what) const {
  if (!node_.IsScalar() || node_.Scalar().empty())
    return fail("expected {}, not {}", what, what_is_here());
  return node_.Scalar();
}

Result<unsigned> YamlNode::number(std::string_view what) const {
  unsigned value = 0;
  const std::string digits = node_.IsScalar() ? node_.Scalar() : std::string();
  const char* end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, value);
  if (digits.empty() || parsed.ec != std::errc() || parsed.ptr != end)
    return fail("expected {}, not {}", what, what_is_here());
  return value;
}

Result<bool> YamlNode::boolean(std::string_view what) const {
  return word<bool>(what, {{"true", true}, {"false", false}});
}

Result<std::vector<YamlNode>> YamlNode::list(std::string_view what) const {
  if (!node_.IsSequence()) return fail("expected {}, not {}", what, what_is_here());
  std::vector<YamlNode> items;
  for (const YAML::Node& item : node_) items.push_back(YamlNode(item, file_));
  return items;
}

Result<std::vector<std::string>> YamlNode::texts(std::string_view what) const {
  KILLIFY_TRY(const std::vector<YamlNode> items, list(what));
  std::vector<std::string> result;
  for (const YamlNode& item : items) {
    KILLIFY_TRY(std::string text, item.text("a text in the list"));
    result.push_back(std::move(text));
  }
  return result;
}

Result<std::vector<std::string>> YamlNode::text_or_texts(std::string_view what) const {
  if (node_.IsSequence()) return texts(what);
  KILLIFY_TRY(std::string only, text(what));
  return std::vector<std::string>{std::move(only)};
}

Result<std::vector<std::pair<std::string, YamlNode>>> YamlNode::entries(
    std::string_view what) const {
  if (!node_.IsMap()) return fail("expected {}, not {}", what, what_is_here());
  std::vector<std::pair<std::string, YamlNode>> result;
  for (const auto& pair : node_) {
    const YamlNode key_node(pair.first, file_);
    KILLIFY_TRY(std::string name, key_node.text("a key"));
    if (std::ranges::any_of(result, [&](const auto& entry) { return entry.first == name; }))
      return key_node.fail("'{}' is said twice; keep one", name);
    YamlNode value(pair.second, file_);
    // A value that was left out has the mark of whatever comes next.
    if (pair.second.IsNull()) value.mark_ = key_node.mark_;
    result.emplace_back(std::move(name), std::move(value));
  }
  return result;
}

Result<YamlMap> YamlNode::map(std::initializer_list<const char*> required,
                              std::initializer_list<const char*> optional) const {
  std::vector<std::string> known(required.begin(), required.end());
  known.insert(known.end(), optional.begin(), optional.end());
  KILLIFY_TRY(auto values, entries("a mapping with the keys " + list_in_words(known)));
  for (const auto& pair : node_) {
    const std::string& name = pair.first.Scalar();
    if (std::ranges::find(known, name) != known.end()) continue;
    const std::string near = did_you_mean(name, known);
    return YamlNode(pair.first, file_)
        .fail("unknown key '{}'{}", name, near.empty() ? "; known: " + join(known, ", ") : near);
  }
  YamlMap result;
  for (auto& [name, value] : values) result.values_.emplace(name, std::move(value));
  for (const char* name : required)
    if (result.find(name) == nullptr) return fail("'{}' is missing here", name);
  return result;
}

Result<std::filesystem::path> YamlNode::named_file(const std::filesystem::path& from) const {
  KILLIFY_TRY(const std::string name, text("a file, relative to this one"));
  const auto path = std::filesystem::absolute(from).parent_path() / name;
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored))
    return fail("{}: no such file; a name is relative to the series file", name);
  return path.lexically_normal();
}

tl::unexpected<Error> YamlNode::unknown_word(std::string_view what, std::string_view given,
                                             const std::vector<std::string>& known) const {
  const std::string near = did_you_mean(given, known);
  return fail("'{}' is not {}{}", given, what,
              near.empty() ? "; known: " + join(known, ", ") : near);
}

}  // namespace killify
