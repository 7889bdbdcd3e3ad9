// One function by itself, in words of our own, to be asked what it does with the error of one of
// its callees (semantic-patches/facts/on-signal.cocci).
//
// One question then serves all functions and callees, so that many slices go to one spatch, and a
// slice's answer holds until the function itself changes. What the slice says in place of what the
// file says:
//   - the function and the callee have the names below, a callee that is reached through a field
//     included: "bo->bdev->funcs->move(" is a call of kSliceCallee;
//   - an error in a pointer is the error: "PTR_ERR(vma)" is "vma", likewise ERR_PTR, IS_ERR and
//     what does not change the truth of a condition: "unlikely(ret)" is "ret";
//   - a test of success is one of failure: "if (!ret) ..." is "if (ret) { } else ...", and what
//     falls out of a branch jumps behind it;
//   - what runs only for another error than the one asked about is left out.
#pragma once

#include "facts/sketch.h"
#include "reach/finding.h"

#include <string>
#include <string_view>
#include <vector>

namespace killify {

constexpr const char* kSliceFunction = "the_function";
constexpr const char* kSliceCallee = "the_callee";

struct Slice {
  std::string text;
  int before = 0;  // lines of the file above its first
};

// How the call that leads on from a hop is written.
struct SliceCall {
  std::string callee;    // the next hop's function, or the sink's name
  std::string error;     // what it returns on a signal; "" if that is not known
  bool negated = false;  // it reports the signal by false or NULL
};

// The slices of hop.function in `file` that hold the call; several where `#if` branches define it
// more than once and the line is not known (0).
[[nodiscard]] std::vector<Slice> slices_of(const Sketch& file, const Hop& hop,
                                           const SliceCall& call);

// Functions of that name in `file`, with the name kSliceFunction and all else as it is.
[[nodiscard]] std::vector<Slice> function_slices(const Sketch& file, const std::string& function);

// The lines `first` to `last` of a text, from 1, each with its end.
[[nodiscard]] std::string_view lines_of(std::string_view text, int first, int last);

// Whether a macro of that name is all but a call of `callee`: its value is the call's.
[[nodiscard]] bool macro_passes(const Sketch& file, const std::string& macro,
                                const std::string& callee);

}  // namespace killify
