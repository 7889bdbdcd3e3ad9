// The first half of a child's life: from a Command to a process that runs it. For process.cpp only.
#pragma once

#include "support/descriptor.h"
#include "support/process.h"

#include <sys/types.h>

#include <string_view>

namespace killify {

struct Pipe {
  FileDescriptor read;
  FileDescriptor write;
};
[[nodiscard]] Result<Pipe> make_pipe();

// `input` as a file to read. A memory file, not a pipe: nothing has to be fed, so nothing can block
// or break.
[[nodiscard]] Result<FileDescriptor> standard_input(std::string_view input);

// The descriptors of a child, whether it leads a process group of its own, and whether it gets our
// locale in place of the user's.
struct Launch {
  int input;
  int output;
  int errors;
  bool own_group;
  bool own_locale;
};

// An Error when the child could not become the program.
[[nodiscard]] Result<pid_t> launch(const Command& command, const Launch& how);

}  // namespace killify
