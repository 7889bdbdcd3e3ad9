// What the tree's own scripts/kernel-doc says of comments.
#pragma once

#include "support/error.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace killify {

struct KernelDoc {
  std::string not_run;  // why it said nothing; "" where it ran
  // By file: what it complains of, without line numbers, and how often.
  std::map<std::string, std::map<std::string, std::size_t>> complaints;
};

// What the work tree at `tree` needs beside the files that are looked at.
[[nodiscard]] std::vector<std::string> kernel_doc_paths();

// `scripts/kernel-doc -none` over those of the files that are there.
[[nodiscard]] Result<KernelDoc> run_kernel_doc(const std::filesystem::path& tree,
                                               const std::vector<std::string>& files);

struct NewComplaint {
  std::string file;
  std::string text;
};
// What `after` has more of than `before`.
[[nodiscard]] std::vector<NewComplaint> new_complaints(const KernelDoc& before,
                                                       const KernelDoc& after);

}  // namespace killify
