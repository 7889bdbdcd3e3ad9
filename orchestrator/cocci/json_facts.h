// What script rules print: JSON, held so that a unit which only hands it on does not compile
// JSON's header. That header costs a unit more than the whole standard library does.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <vector>

namespace killify {

// A list of JSON objects that never changes. Copies share it.
class JsonFacts {
 public:
  JsonFacts();  // none
  explicit JsonFacts(std::vector<nlohmann::json> facts);

  [[nodiscard]] const std::vector<nlohmann::json>& list() const { return *list_; }

 private:
  std::shared_ptr<const std::vector<nlohmann::json>> list_;
};

}  // namespace killify
