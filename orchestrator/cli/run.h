// The command line: from argv to an exit status.
#pragma once

namespace killify {

[[nodiscard]] int run_command_line(int argc, char** argv);

}  // namespace killify
