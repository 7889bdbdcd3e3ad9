// A YAML document that is read strictly: every complaint says FILE:LINE:COLUMN, an unknown key or
// value suggests the near ones. yaml-cpp and its exceptions stay behind this.
#pragma once

#include "support/error.h"

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace killify {

class YamlMap;

// A node and the file it stands in.
class YamlNode {
 public:
  // The one document of a file.
  [[nodiscard]] static Result<YamlNode> load(const std::filesystem::path& file);

  // "FILE:LINE:COLUMN: TEXT" for this node.
  template <typename... Args>
  [[nodiscard]] tl::unexpected<Error> fail(fmt::format_string<Args...> format,
                                           Args&&... args) const {
    return tl::unexpected<Error>(
        Error{place() + ": " + fmt::format(format, std::forward<Args>(args)...)});
  }

  // "FILE:LINE:COLUMN", and the line alone.
  [[nodiscard]] std::string place() const;
  [[nodiscard]] int line() const;

  // Whether it is one value, not a list or a mapping.
  [[nodiscard]] bool is_text() const { return node_.IsScalar(); }
  // `what` says what is expected: "a name", "the number of an argument".
  [[nodiscard]] Result<std::string> text(std::string_view what) const;
  [[nodiscard]] Result<unsigned> number(std::string_view what) const;
  [[nodiscard]] Result<bool> boolean(std::string_view what) const;
  [[nodiscard]] Result<std::vector<YamlNode>> list(std::string_view what) const;
  [[nodiscard]] Result<std::vector<std::string>> texts(std::string_view what) const;
  // A list of texts, or one text alone.
  [[nodiscard]] Result<std::vector<std::string>> text_or_texts(std::string_view what) const;
  // A file that is there; relative to `from`, the file that names it. Absolute.
  [[nodiscard]] Result<std::filesystem::path> named_file(const std::filesystem::path& from) const;
  // A mapping with these keys and no others.
  [[nodiscard]] Result<YamlMap> map(std::initializer_list<const char*> required,
                                    std::initializer_list<const char*> optional = {}) const;
  // A mapping with whatever keys, in the order of the file; no key twice.
  [[nodiscard]] Result<std::vector<std::pair<std::string, YamlNode>>> entries(
      std::string_view what) const;
  // The value that one of these words stands for.
  template <typename T>
  [[nodiscard]] Result<T> word(std::string_view what,
                               std::initializer_list<std::pair<const char*, T>> words) const {
    KILLIFY_TRY(const std::string given, text(what));
    std::vector<std::string> known;
    for (const auto& [name, value] : words) {
      if (given == name) return value;
      known.emplace_back(name);
    }
    return unknown_word(what, given, known);
  }

 private:
  friend class YamlMap;
  YamlNode(const YAML::Node& node, std::shared_ptr<const std::string> file)
      : node_(node), mark_(node.Mark()), file_(std::move(file)) {}
  // "a list", "a mapping", "'text'", "nothing".
  [[nodiscard]] std::string what_is_here() const;
  [[nodiscard]] tl::unexpected<Error> unknown_word(std::string_view what, std::string_view given,
                                                   const std::vector<std::string>& known) const;

  YAML::Node node_;
  YAML::Mark mark_;
  std::shared_ptr<const std::string> file_;
};

// A mapping whose keys have been checked.
class YamlMap {
 public:
  // The value of a required key.
  [[nodiscard]] const YamlNode& at(const std::string& key) const { return values_.at(key); }
  // The value of an optional key, nullptr where it is not there.
  [[nodiscard]] const YamlNode* find(const std::string& key) const {
    const auto value = values_.find(key);
    return value == values_.end() ? nullptr : &value->second;
  }

 private:
  friend class YamlNode;
  std::map<std::string, YamlNode> values_;
};

}  // namespace killify
