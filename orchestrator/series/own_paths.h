// The series of a driver that lives outside of the kernel: its files as its own repository names
// them.
#pragma once

#include "series/change.h"
#include "series/changes.h"

#include <string>
#include <vector>

namespace killify {

// Takes `place` ("module/evdi/"), where the driver stands in what is looked at, off the paths in
// all that a series prints. `messages` are those of the changes.
void name_own_paths(Changes& changes, std::vector<Message>& messages, const std::string& place);

}  // namespace killify
