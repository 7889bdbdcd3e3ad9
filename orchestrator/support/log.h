// The debug log (`-v`): what killify did, for a person who wonders why. Never a result.
#pragma once

namespace killify {

// Sends the log to stderr: warnings, and each command line as well when `verbose`. Call once, from
// main().
void init_log(bool verbose);

}  // namespace killify
