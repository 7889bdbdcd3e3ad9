// What a plan, once carried out, does with what the audit found. The verdict says what a sleep is;
// this says what becomes of it here.
#pragma once

#include "plan/plan.h"
#include "reach/finding.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace killify {

struct Changes;

struct Planned {
  enum class Kind : std::uint8_t {
    kConverted,  // the sleep is made killable in place
    kThreaded,   // a task state is handed to it
    kLeft,       // nothing is done, for a reason
    kSettled,    // nothing is to be done: it is safe or suppressed
  };
  Kind kind = Kind::kLeft;
  std::string step;  // the commit's name in the plan; "" where nothing is done
  std::string why;   // kLeft: why; otherwise what stays as it is all the same, mostly ""
  bool operator==(const Planned&) const = default;
};

using PlannedById = std::map<std::string, Planned>;  // by finding's id

[[nodiscard]] const char* planned_name(Planned::Kind kind);

// For a cache, and back; nothing where the text is of another layout.
[[nodiscard]] std::string kept_text(const PlannedById& planned);
[[nodiscard]] std::optional<PlannedById> planned_from(const std::string& text);

// Of each finding of an audit. One that a driver's wrapper makes several sleeps of counts as left
// where one of these is.
[[nodiscard]] PlannedById planned_of(const std::vector<Finding>& audited, const Changes& changes);

}  // namespace killify
