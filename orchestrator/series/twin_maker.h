// Making a twin: the model's source text is copied, so that its layout, its #ifdefs and its
// comments stay as people wrote them; Coccinelle makes the copy killable
// (semantic-patches/prepare/).
#pragma once

#include "facts/tree_facts.h"
#include "plan/plan.h"
#include "series/work_texts.h"
#include "spec/catalogue.h"
#include "support/error.h"

#include <string>

namespace killify {

inline constexpr const char* kTwinPatch = "prepare/killable.cocci";

// Adds the twin beside its model in every file that has one, or makes it of the model (`replaces`).
// Says why it cannot, and leaves the texts alone then; "" when it is done and the semantic patches
// that know sleeps see none in it.
[[nodiscard]] Result<std::string> make_twin(TreeFacts& facts, const Catalogue& catalogue,
                                            const Twin& twin, WorkTexts& texts);

}  // namespace killify
