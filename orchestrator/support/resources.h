// Where killify's own data (semantic patches, series files, fixtures) and caches are.
#pragma once

#include "support/error.h"

#include <cstddef>
#include <filesystem>
#include <string_view>

namespace killify {

// The version, from the top CMakeLists.txt.
[[nodiscard]] std::string_view version();

// The directory that holds semantic-patches/ and series/: $KILLIFY_DATA, else the installed one
// beside the running program (../share/killify), else the source tree it was built from.
[[nodiscard]] Result<std::filesystem::path> data_dir();

// Memory that programs may still take, as the kernel estimates it; a lot where it does not.
[[nodiscard]] std::size_t available_mebibytes();

// $KILLIFY_CACHE, else $XDG_CACHE_HOME/killify, else ~/.cache/killify. Not made here.
[[nodiscard]] std::filesystem::path default_cache_dir();

}  // namespace killify
