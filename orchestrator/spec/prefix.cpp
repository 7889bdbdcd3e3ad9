#include "spec/prefix.h"

#include "support/text.h"

#include <algorithm>
#include <cctype>
#include <cstddef>

namespace killify {
namespace {

bool is_prefix_word(std::string_view word) {
  return !word.empty() && std::ranges::all_of(word, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("/_-.,+*&").find(c) != std::string_view::npos;
  });
}

struct Vote {
  std::string prefix;
  std::size_t count = 0;
};

// The most used prefix; of equals the one used last.
Vote winner(const std::vector<std::string>& history) {
  std::vector<Vote> votes;
  for (const std::string& subject : history) {
    const std::string prefix = prefix_of_subject(subject);
    if (prefix.empty()) continue;
    const auto known = std::ranges::find(votes, prefix, &Vote::prefix);
    if (known == votes.end())
      votes.push_back({prefix, 1});
    else
      ++known->count;
  }
  const auto best = std::ranges::max_element(votes, {}, &Vote::count);
  return best == votes.end() ? Vote{} : *best;
}

bool is_below(std::string_view path, std::string_view directory) {
  return path == directory ||
         (path.starts_with(directory) && path.substr(directory.size()).starts_with('/'));
}

std::string from_table(const std::vector<SubjectPrefix>& table, std::string_view path) {
  const SubjectPrefix* best = nullptr;
  std::string_view best_directory;
  for (const SubjectPrefix& entry : table) {
    std::string_view directory = entry.directory;
    while (directory.ends_with('/')) directory.remove_suffix(1);
    if (is_below(path, directory) &&
        (best == nullptr || directory.size() > best_directory.size())) {
      best = &entry;
      best_directory = directory;
    }
  }
  if (best == nullptr) return {};
  std::string result = best->prefix;
  const std::size_t hole = result.find("{}");
  if (hole == std::string::npos) return result;
  if (path.size() == best_directory.size()) {
    result.resize(hole);
    while (!result.empty() && !is_prefix_word(result.substr(result.size() - 1))) result.pop_back();
    while (result.ends_with('/')) result.pop_back();
    return result;
  }
  std::string_view below = path.substr(best_directory.size() + 1);
  below = below.substr(0, below.find('/'));
  if (below.ends_with(".c") || below.ends_with(".h")) below.remove_suffix(2);
  return result.replace(hole, 2, below);
}

// "drivers/misc/sgi-gru" -> "misc: sgi-gru", "fs/fuse" -> "fuse", "mm" -> "mm",
// "include/linux/semaphore.h" -> "semaphore".
std::string from_directory(std::string_view path) {
  if (path.starts_with("include/") && path.ends_with(".h")) {
    path.remove_prefix(path.rfind('/') + 1);
    path.remove_suffix(2);
    return std::string(path);
  }
  for (const std::string_view top : {"drivers/", "fs/", "arch/", "sound/", "net/"}) {
    if (!path.starts_with(top)) continue;
    path.remove_prefix(top.size());
    break;
  }
  std::string result;
  for (const char c : path) c == '/' ? result += ": " : result += c;
  return result;
}

}  // namespace

std::string prefix_of_subject(std::string_view subject) {
  std::size_t end = 0;
  while (true) {
    const std::size_t colon = subject.find(": ", end);
    if (colon == std::string_view::npos || !is_prefix_word(subject.substr(end, colon - end))) break;
    end = colon + 2;
  }
  if (end == 0 || subject.starts_with("Merge") || subject.starts_with("Revert")) return {};
  return std::string(subject.substr(0, end - 2));
}

std::string choose_prefix(const std::vector<std::string>& history,
                          const std::vector<SubjectPrefix>& table, std::string_view directory) {
  const Vote vote = winner(history);
  if (vote.count >= 2) return vote.prefix;
  std::string prefix = from_table(table, directory);
  if (prefix.empty()) prefix = vote.prefix;
  return prefix.empty() ? from_directory(directory) : prefix;
}

}  // namespace killify
