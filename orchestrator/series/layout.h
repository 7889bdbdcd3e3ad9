// What Coccinelle printed, in the shape in which a person would have written it. It prints anew
// whatever a rule touched, and how it does that differs between its versions.
#pragma once

#include <string>

namespace killify {

// `after` is what became of `before`. Where two neighbours are on one line in both, what stands
// between them stays as it was: "(void)f(x)" does not become "(void) g(x)". A comment stays behind
// the code that it was behind. New braces around a single statement go.
[[nodiscard]] std::string with_layout_of(const std::string& before, const std::string& after);

}  // namespace killify
