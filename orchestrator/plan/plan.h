// The plan: which semantic patch runs on which file, in which order and commit, and why.
#pragma once

#include "reach/finding.h"

#include <map>
#include <string>
#include <vector>

namespace killify {

// One run of a semantic patch on one file.
struct PatchRun {
  std::string patch;  // relative to semantic-patches/: "convert/mutex.cocci"
  std::string file;
  std::map<std::string, std::string> defines;  // spatch -D NAME=VALUE
  bool operator==(const PatchRun&) const = default;
};

// One commit to be.
struct Step {
  std::string group;  // directory of the driver: "drivers/gpu/drm/etnaviv"
  std::vector<PatchRun> runs;
  std::vector<std::string> files;   // sorted
  std::vector<Finding> findings;    // the sites it converts
  std::vector<std::string> queues;  // wait queues whose wake-ups are converted along
  std::string reason;
};

// A finding that the series leaves alone.
struct LeftOut {
  Finding finding;
  std::string reason;  // "waits for a missing primitive: dma_resv_lock_killable()"
};

struct Plan {
  std::vector<Step> steps;  // every prefix builds
  std::vector<LeftOut> left_out;
};

}  // namespace killify
