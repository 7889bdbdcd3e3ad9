#include "support/log.h"

#include "support/visible.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace killify {
namespace {

// What is logged may hold a program's message or a file's name.
class VisibleText final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& to) override {
    const auto text = visible({message.payload.data(), message.payload.size()});
    to.append(text.data(), text.data() + text.size());
  }
  [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<VisibleText>();
  }
};

}  // namespace

void init_log(bool verbose) {
  auto logger = spdlog::get("killify");
  if (!logger) logger = spdlog::stderr_color_mt("killify");
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<VisibleText>('*').set_pattern("killify: %^%l%$: %*");
  logger->set_formatter(std::move(formatter));
  logger->set_level(verbose ? spdlog::level::debug : spdlog::level::warn);
  spdlog::set_default_logger(logger);
}

}  // namespace killify
