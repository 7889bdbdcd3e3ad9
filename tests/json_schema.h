// Checks a JSON value against one of docs/schema: the keywords that those files use, and an error
// for any other, so that a schema cannot say more than is checked.
#pragma once

#include <nlohmann/json.hpp>

#include <fstream>
#include <regex>
#include <set>
#include <string>

namespace killify::test {

class JsonSchema {
 public:
  // `name` of docs/schema/<name>.schema.json.
  explicit JsonSchema(const std::string& name) {
    std::ifstream file(std::string(KILLIFY_TEST_SOURCE_DIR) + "/docs/schema/" + name +
                       ".schema.json");
    root_ = nlohmann::json::parse(file);
  }
  // "" when `value` fits, else where it does not, and why.
  [[nodiscard]] std::string mismatch(const nlohmann::json& value) const {
    return check(root_, value, "$");
  }

 private:
  using Json = nlohmann::json;

  static bool has_type(const std::string& type, const Json& value) {
    return (type == "object" && value.is_object()) || (type == "array" && value.is_array()) ||
           (type == "string" && value.is_string()) || (type == "boolean" && value.is_boolean()) ||
           (type == "integer" && value.is_number_integer()) ||
           (type == "number" && value.is_number()) || (type == "null" && value.is_null());
  }

  [[nodiscard]] std::string check(const Json& schema, const Json& value,
                                  const std::string& at) const {
    static const std::set<std::string> kKnown{"$schema",
                                              "$id",
                                              "$defs",
                                              "$ref",
                                              "title",
                                              "description",
                                              "type",
                                              "const",
                                              "enum",
                                              "items",
                                              "required",
                                              "properties",
                                              "additionalProperties",
                                              "minimum",
                                              "minLength",
                                              "minItems",
                                              "pattern"};
    for (const auto& [key, unused] : schema.items())
      if (!kKnown.contains(key)) return at + ": the schema uses " + key + ", which is not checked";
    if (schema.contains("$ref")) {
      const auto name = schema.at("$ref").get<std::string>();
      return check(root_.at(Json::json_pointer(name.substr(1))), value, at);
    }
    if (schema.contains("type")) {
      const Json types = schema["type"].is_array() ? schema["type"] : Json::array({schema["type"]});
      bool fits = false;
      for (const Json& type : types) fits |= has_type(type.get<std::string>(), value);
      if (!fits) return at + ": is not of type " + types.dump();
    }
    if (schema.contains("const") && value != schema["const"])
      return at + ": is not " + schema["const"].dump();
    if (schema.contains("enum")) {
      bool fits = false;
      for (const Json& member : schema["enum"]) fits |= member == value;
      if (!fits) return at + ": " + value.dump() + " is none of " + schema["enum"].dump();
    }
    if (value.is_number() && schema.contains("minimum") && value < schema["minimum"])
      return at + ": is too small";
    if (value.is_string()) return check_string(schema, value.get<std::string>(), at);
    if (value.is_array()) return check_array(schema, value, at);
    if (value.is_object()) return check_object(schema, value, at);
    return {};
  }

  static std::string check_string(const Json& schema, const std::string& text,
                                  const std::string& at) {
    if (text.size() < schema.value("minLength", std::size_t{0})) return at + ": is too short";
    if (schema.contains("pattern") &&
        !std::regex_search(text, std::regex(schema["pattern"].get<std::string>())))
      return at + ": '" + text + "' does not match " + schema["pattern"].get<std::string>();
    return {};
  }

  [[nodiscard]] std::string check_array(const Json& schema, const Json& value,
                                        const std::string& at) const {
    if (value.size() < schema.value("minItems", std::size_t{0})) return at + ": has too few";
    if (!schema.contains("items")) return {};
    for (std::size_t i = 0; i < value.size(); ++i) {
      auto problem = check(schema["items"], value[i], at + "[" + std::to_string(i) + "]");
      if (!problem.empty()) return problem;
    }
    return {};
  }

  [[nodiscard]] std::string check_object(const Json& schema, const Json& value,
                                         const std::string& at) const {
    for (const Json& key : schema.value("required", Json::array()))
      if (!value.contains(key.get<std::string>())) return at + ": lacks " + key.get<std::string>();
    const Json properties = schema.value("properties", Json::object());
    const Json others = schema.value("additionalProperties", Json(true));
    for (const auto& [key, member] : value.items()) {
      std::string problem;
      if (properties.contains(key))
        problem = check(properties.at(key), member, at + "." + key);
      else if (others.is_object())
        problem = check(others, member, at + "." + key);
      else if (!others.get<bool>())
        problem = at + ": has an unknown " + key;
      if (!problem.empty()) return problem;
    }
    return {};
  }

  Json root_;
};

}  // namespace killify::test
