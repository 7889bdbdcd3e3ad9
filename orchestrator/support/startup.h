// What a process needs before it does anything.
#pragma once

#include <functional>

namespace killify {

// Puts something in the place of standard streams that are closed, so that no file that is opened
// later takes their place and gets what is written to them. Writing there fails.
void open_standard_streams();

// Runs `work` where the stack is as large as it is by default, whatever `ulimit -s` says, and gives
// threads the same. Returns what `work` does.
[[nodiscard]] int on_enough_stack(const std::function<int()>& work);

}  // namespace killify
