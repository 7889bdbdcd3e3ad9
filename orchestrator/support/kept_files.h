// Answers kept in a directory from run to run, a file each, under a name that says all that the
// answer depends on. A file that was cut off or is of another layout is no answer.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace killify {

// The digits of a tree's id in front of the names of answers about it.
constexpr std::size_t kTreeDigits = 16;

class KeptFiles {
 public:
  // `magic` names the layout: "killify audit 1\n".
  KeptFiles(std::filesystem::path directory, std::string_view magic)
      : directory_(std::move(directory)), magic_(magic) {}

  // Nothing where there is no such file, or one that is damaged or not ours.
  [[nodiscard]] std::optional<std::string> get(const std::string& name) const;

  // Keeps it, and drops what was not used for longest. A disk that refuses costs the cache, not
  // the answer.
  void put(const std::string& name, const std::string& payload) const;

 private:
  void drop_old() const;

  std::filesystem::path directory_;
  std::string_view magic_;
};

}  // namespace killify
