// What kernel-doc says of a flag, said of the task state in its place.
#pragma once

#include <optional>
#include <string>

namespace killify {

// The comment with "@intr == true", "@intr is set to false" and plain "@intr" as sentences about
// @state; lines that grow too long are divided. nullopt where a sentence speaks of the flag's
// values in another way: a person has to write that one anew.
[[nodiscard]] std::optional<std::string> with_flag_as_state(const std::string& comment,
                                                            const std::string& flag,
                                                            const std::string& state);

}  // namespace killify
