#include "plan/waves.h"

#include <algorithm>
#include <set>

namespace killify {
namespace {

struct Files {
  std::set<std::string> changed;
  std::set<std::string> read;
};

// A conversion is checked along its call chains, down to where TASK_KILLABLE is passed; where the
// sleep itself is converted, the comment there may be retold.
Files files_of(const Step& step) {
  Files files{.changed = {step.files.begin(), step.files.end()}, .read = {}};
  if (step.kind != StepKind::kConvert) return files;
  for (const auto& finding : step.findings) {
    const auto flips = step.flips.find(finding.id);
    if (flips == step.flips.end()) files.changed.insert(finding.sink.file);
    files.read.insert(finding.handler.file);
    auto chains = finding.other_chains;
    chains.push_back(finding.chain);
    for (const auto& chain : chains) {
      for (const auto& hop : chain) {
        files.read.insert(hop.file);
        if (flips != step.flips.end() && flips->second.contains({hop.file, hop.function})) break;
      }
    }
  }
  return files;
}

bool meet(const std::set<std::string>& some, const std::set<std::string>& others) {
  return std::ranges::any_of(some, [&](const std::string& one) { return others.contains(one); });
}

}  // namespace

std::vector<std::vector<std::size_t>> waves_of(const std::vector<Step>& steps) {
  std::vector<Files> files;
  std::vector<std::size_t> wave_of;
  std::vector<std::vector<std::size_t>> waves;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    files.push_back(files_of(steps[i]));
    std::size_t wave = 0;
    for (std::size_t earlier = 0; earlier < i; ++earlier) {
      const bool waits = builds_upon(steps[i], steps[earlier]) ||
                         meet(files[i].changed, files[earlier].changed) ||
                         meet(files[i].changed, files[earlier].read) ||
                         meet(files[i].read, files[earlier].changed);
      if (waits) wave = std::max(wave, wave_of[earlier] + 1);
    }
    wave_of.push_back(wave);
    if (wave == waves.size()) waves.emplace_back();
    waves[wave].push_back(i);
  }
  return waves;
}

}  // namespace killify
