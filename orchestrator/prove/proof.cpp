#include "prove/proof.h"

#include <algorithm>
#include <array>

namespace killify {

std::string_view proof_verdict_name(ProofVerdict verdict) {
  constexpr std::array<std::string_view, 3> kNames{"proven", "refuted", "not_judged"};
  return kNames.at(static_cast<std::size_t>(verdict));
}

ProofVerdict Proof::verdict() const {
  const auto complained = [](const BootedKernel& kernel) { return !kernel.complaints.empty(); };
  const auto refuted = [](const Path& path) {
    return path.verdict == PathVerdict::kRefuted ? !path.control : false;
  };
  // Half a conversion that passes: then the experiment proves nothing of a whole one.
  const auto blind = [](const Path& path) {
    return path.control &&
           (path.verdict == PathVerdict::kProven || path.verdict == PathVerdict::kUnchanged);
  };
  if (std::ranges::any_of(kernels, complained) || std::ranges::any_of(paths, refuted) ||
      std::ranges::any_of(paths, blind))
    return ProofVerdict::kRefuted;

  // A device that no kernel can be tried with has no handler that matters here; one that a kernel
  // can be tried with and the other cannot leaves the comparison undone.
  const auto stopped = [this](const BootedKernel& kernel) {
    return !kernel.trouble.empty() || kernel.unusable != kernels.front().unusable;
  };
  const auto judged = [](const Path& path) { return path.verdict != PathVerdict::kNotJudged; };
  const auto proven = [this](const Path& path) {
    return path.verdict == PathVerdict::kProven && (!series || path.driver);
  };
  if (std::ranges::any_of(kernels, stopped) || !std::ranges::all_of(paths, judged) ||
      std::ranges::none_of(paths, proven))
    return ProofVerdict::kNotJudged;
  return ProofVerdict::kProven;
}

Exit Proof::exit() const {
  switch (verdict()) {
    case ProofVerdict::kProven:
      return Exit::kOk;
    case ProofVerdict::kRefuted:
      return Exit::kFailed;
    case ProofVerdict::kNotJudged:
      break;
  }
  return Exit::kUnjudged;
}

std::vector<std::string> limits_of(const Proof& proof) {
  std::vector<std::string> limits{
      "The holder of the lock is artificial: a thread that keeps it for a second. Whether real "
      "users "
      "of a lock keep it for long enough to matter is not measured."};
  if (proof.series)
    limits.emplace_back(
        "Drivers without a device in QEMU are covered by the shape of their handler, not by a "
        "boot.");
  else
    limits.emplace_back(
        "The handlers are killify's own, in the shapes that drivers use; no driver was converted.");
  if (std::ranges::any_of(proof.paths, &Path::kernel_only))
    limits.emplace_back("Where a fault comes from user mode, a signal does what it did before.");
  limits.emplace_back(
      "Only x86_64 was booted; other architectures have a fault path of their own around the "
      "handler.");
  return limits;
}

}  // namespace killify
