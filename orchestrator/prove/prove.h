// Boots kernels before and after a conversion and provokes the fault that used to spin.
#pragma once

#include "prove/proof.h"
#include "support/error.h"
#include "support/progress.h"
#include "tree/workshop.h"

#include <chrono>
#include <filesystem>
#include <optional>
#include <set>
#include <string>

namespace killify {

struct ProveRequest {
  std::filesystem::path cache;
  unsigned jobs = 1;
  std::string accelerator = "tcg";
  // Of one machine. The trials take a minute or two on an idle processor, ten times that on a busy
  // one.
  std::chrono::milliseconds deadline = std::chrono::minutes(30);
};

// What a series is, for an experiment.
struct SeriesRequest {
  CommitInfo base;
  CommitInfo tip;
  std::set<std::string> handlers;  // that it says to convert wholly; empty where it says nothing
  bool locking = false;            // with CONFIG_PROVE_LOCKING
  // Handlers stay as they are, and are cured by what they run under.
  bool enclosed = false;
  std::optional<CommitInfo> control;  // such a series without what the proof has to miss
};

// Debian's kernel (of `version`, as stock_kernel() has it) and the shapes of handlers that the
// fixture has.
[[nodiscard]] Result<Proof> prove_stock(const ProveRequest& request, const std::string& version,
                                        Progress& progress);

// The kernel at the base of a series and at its tip: the drivers that QEMU has a device for, and
// the shapes.
[[nodiscard]] Result<Proof> prove_series(const ProveRequest& request, const SeriesRequest& series,
                                         Workshop& workshop, Progress& progress);

}  // namespace killify
