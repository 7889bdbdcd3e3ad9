// Exceptions of libraries as our errors.
#pragma once

#include "support/error.h"

#include <exception>

namespace killify {

[[nodiscard]] Error error_of(const std::exception& exception);

}  // namespace killify
