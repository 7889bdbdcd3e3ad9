// Where objects of a struct are made, and what one of their members is worth then: by tokens, so
// that what spatch cannot parse is not missed. A member that nothing sets is 0.
#pragma once

#include "facts/sketch.h"

#include <optional>
#include <string>
#include <vector>

namespace killify {

struct MadeObject {
  enum class Kind {
    kBare,       // a variable of a function, without an initialiser
    kNamed,      // one with an initialiser that names members, or makes all 0: "= { .intr = true }"
    kPlaced,     // one with an initialiser by position: "= { true, false }"
    kOdd,        // one with any other initialiser, or a copy
    kElsewhere,  // on the heap, a part of something else, cleared, copied, made by a macro
  };
  Kind kind = Kind::kBare;
  std::string function{};  // that makes it; "" outside of all
  std::string name{};      // of the variable; "" where there is none
  int line = 0;
  std::optional<std::string> value{};  // of kNamed and kPlaced: what the member is given, if it is
  std::string why{};                   // of kOdd and kElsewhere: what is done there
};

// All that the file makes of "struct NAME", in no order. `position`: how many elements of an
// initialiser come before the member's; where that is not known, one by position is kOdd.
[[nodiscard]] std::vector<MadeObject> objects_in(const Sketch& sketch, const std::string& name,
                                                 const std::string& member,
                                                 std::optional<unsigned> position);

// The struct whose members the initialiser names in which tokens[at] stands: "crate" of "struct
// crate c = { .lid = 1, .AT". "" where that is not plain; `nested` says that it is an element of
// something else.
[[nodiscard]] std::string initialised_struct(const std::vector<Token>& tokens, std::size_t at,
                                             bool& nested);

}  // namespace killify
