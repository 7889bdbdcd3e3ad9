// A small kernel of a commit, with the drivers that QEMU has a device for.
#pragma once

#include "prove/fixture.h"
#include "support/error.h"
#include "tree/workshop.h"
#include "verify/configuration.h"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

// Characters of a digest that tell folders of a cache apart.
inline constexpr std::size_t kKeyLength = 16;

struct LeanKernel {
  std::filesystem::path image;
  std::filesystem::path initramfs;
  std::vector<std::string> missing;  // options that the fragment asks for and the tree lacks
  std::string trouble;               // why it could not be built; "" if it was
};

struct LeanOptions {
  std::filesystem::path cache;
  unsigned jobs = 1;
  bool locking = false;  // with CONFIG_PROVE_LOCKING
};

// Builds kernels in one build directory, one after the other, so that the second costs what the
// difference costs. What was built is kept by tree, configuration, compiler and fixture.
class LeanKernels {
 public:
  [[nodiscard]] static Result<LeanKernels> open(const LeanOptions& options, const Fixture& fixture,
                                                Workshop& workshop);

  // "lean" or "lean-locking".
  [[nodiscard]] const std::string& name() const { return configuration_.name; }
  // `say` is told what is being done.
  [[nodiscard]] Result<LeanKernel> of(const CommitInfo& commit,
                                      const std::function<void(std::string_view)>& say);

 private:
  LeanKernels(LeanOptions options, const Fixture& fixture, Workshop& workshop)
      : options_(std::move(options)), fixture_(fixture), workshop_(workshop) {}

  [[nodiscard]] Result<LeanKernel> build(const CommitInfo& commit,
                                         const std::filesystem::path& state,
                                         const std::filesystem::path& place,
                                         const std::function<void(std::string_view)>& say);
  [[nodiscard]] std::filesystem::path place_of(const Oid& tree) const;

  LeanOptions options_;
  const Fixture& fixture_;
  Workshop& workshop_;
  Configuration configuration_;
  Compiler compiler_;
};

}  // namespace killify
