// Ctrl-C: one flag that loops look at, and a descriptor that waits include.
#pragma once

#include "support/error.h"

namespace killify {

// Installs handlers for SIGINT, SIGTERM and SIGHUP; SIGPIPE is ignored. Call once, from main(). A
// second signal ends the process at once.
void install_interrupt_handlers();

// True once a signal has come.
[[nodiscard]] bool interrupted();

// Readable once a signal has come; for poll().
[[nodiscard]] int interrupt_fd();

// The error that a function returns because of interrupted().
[[nodiscard]] Error interrupted_error();

}  // namespace killify
