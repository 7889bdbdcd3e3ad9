#include "verify/durations.h"

#include "support/files.h"

#include <nlohmann/json.hpp>

#include <numeric>

namespace killify {

Durations::Durations(std::filesystem::path file) : file_(std::move(file)) {
  const auto text = read_file(file_);
  if (!text) return;
  try {
    const auto json = nlohmann::json::parse(*text);
    if (json.contains("start")) start_ = json.at("start").get<double>();
    files_ = json.at("files").get<std::map<std::string, double>>();
  } catch (const nlohmann::json::exception&) {
    start_.reset();
    files_.clear();
  }
}

void Durations::note_start(double seconds) {
  const std::lock_guard lock(mutex_);
  start_ = seconds;
}

void Durations::note_commit(const std::vector<std::string>& paths, double seconds) {
  const std::lock_guard lock(mutex_);
  for (const std::string& path : paths) files_[path] = seconds / static_cast<double>(paths.size());
}

Status Durations::save() const {
  const std::lock_guard lock(mutex_);
  nlohmann::ordered_json json;
  if (start_) json["start"] = *start_;
  json["files"] = files_;
  return write_file_atomic(
      file_, json.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
}

std::optional<double> Durations::start() const {
  const std::lock_guard lock(mutex_);
  return start_;
}

std::optional<double> Durations::commit(const std::vector<std::string>& paths) const {
  const std::lock_guard lock(mutex_);
  if (files_.empty()) return std::nullopt;
  const double average =
      std::accumulate(files_.begin(), files_.end(), 0.0,
                      [](double sum, const auto& one) { return sum + one.second; }) /
      static_cast<double>(files_.size());
  double seconds = 0;
  for (const std::string& path : paths) {
    const auto known = files_.find(path);
    seconds += known == files_.end() ? average : known->second;
  }
  return seconds;
}

}  // namespace killify
