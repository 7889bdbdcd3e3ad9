// The output directory of `generate`: all of the series, or what was there before.
#pragma once

#include "series/series.h"
#include "support/error.h"

#include <filesystem>
#include <string>
#include <vector>

namespace killify {

// Whether write_series() may put its files at `directory`: nothing is there, or it is empty, or
// killify wrote all that is in it and nobody has edited it since. Worth asking before the work is
// done.
[[nodiscard]] Status check_output_directory(const std::filesystem::path& directory);

// Writes the cover letter, the patches and manifest.json, replacing an earlier output as a whole.
// The files are built beside the directory and put in its place at the end. Returns their names, in
// order.
[[nodiscard]] Result<std::vector<std::string>> write_series(const Series& series,
                                                            const std::filesystem::path& directory);

}  // namespace killify
