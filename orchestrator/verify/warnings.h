// Warnings of the compiler, of objtool and of the checkers beside them; and which of them are new.
#pragma once

#include "verify/patch.h"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

struct Warning {
  std::string file;  // relative to the source tree; an object's for objtool's
  int line = 0;      // 0 where there is none
  std::string text;  // "unused variable 'x' [-Wunused-variable]"

  bool operator==(const Warning&) const = default;
};

// By the source that the compiler was given ("drivers/x.c", or an object of which objtool speaks),
// whichever header a warning stands in.
using Warnings = std::map<std::string, std::vector<Warning>>;

// Reads what a build printed; `roots` as for read_make_errors(). `source` is whose warnings those
// are that name no .c file; "" where many were compiled, and each warning has to tell.
[[nodiscard]] Warnings read_warnings(std::string_view err,
                                     const std::vector<std::filesystem::path>& roots,
                                     const std::string& source = {});

// Those of `now` that `before` does not hold, compared by file and text, so that one that only
// moved is not new; one that is there twice now and was there once before is. One that calls
// something by the name that the patch gives it, and is gone under the old name, is not new either.
[[nodiscard]] std::vector<Warning> new_warnings(const std::vector<Warning>& now,
                                                const std::vector<Warning>& before,
                                                const std::vector<FilePatch>& patch = {});

}  // namespace killify
