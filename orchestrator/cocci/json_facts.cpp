#include "cocci/json_facts.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace killify {

JsonFacts::JsonFacts() : JsonFacts(std::vector<nlohmann::json>{}) {}

JsonFacts::JsonFacts(std::vector<nlohmann::json> facts)
    : list_(std::make_shared<const std::vector<nlohmann::json>>(std::move(facts))) {}

}  // namespace killify
