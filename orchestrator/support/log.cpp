#include "support/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace killify {

void init_log(bool verbose) {
  auto logger = spdlog::get("killify");
  if (!logger) logger = spdlog::stderr_color_mt("killify");
  logger->set_pattern("killify: %^%l%$: %v");
  logger->set_level(verbose ? spdlog::level::debug : spdlog::level::warn);
  spdlog::set_default_logger(logger);
}

}  // namespace killify
