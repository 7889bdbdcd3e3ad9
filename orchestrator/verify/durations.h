// How long building took, so that the next run can say how long it will take.
#pragma once

#include "support/error.h"

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace killify {

// Of one configuration. Safe from several threads.
class Durations {
 public:
  // What is kept in `file`; nothing where it is not there or damaged.
  explicit Durations(std::filesystem::path file);

  // Seconds from the start to the parent of the first commit, built.
  void note_start(double seconds);
  // A commit that changes these files took so long.
  void note_commit(const std::vector<std::string>& paths, double seconds);
  [[nodiscard]] Status save() const;

  [[nodiscard]] std::optional<double> start() const;
  // A file that is new is taken for the average of those that are known; nothing where none is.
  [[nodiscard]] std::optional<double> commit(const std::vector<std::string>& paths) const;

 private:
  std::filesystem::path file_;
  mutable std::mutex mutex_;
  std::optional<double> start_;
  std::map<std::string, double> files_;
};

}  // namespace killify
