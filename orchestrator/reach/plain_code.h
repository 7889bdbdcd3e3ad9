// A function in plain words: what it does with the error of one call, said in the forms that
// facts/on-signal.cocci follows. Lines stay where they are, and what has nothing to do with the
// error stays as it is written.
//   - "switch (ret) { case -EINTR: A; break; ... }" begins with "if (ret) { A; }", with what the
//     switch does for that error; one that cannot be told gives kUnknownResult;
//   - "return C ? A : B;" is an if, likewise "x = C ? A : B;" and "return C ?: B;";
//   - "if ((ret = f()) ...)" is "ret = f(); if (ret ...)";
//   - "return f() == 0;" is "if (!f()) return true; return false;";
//   - after "ok = f() == 0;", "if (ok)" asks about the result of f(); after "ret = err;" a look at
//     ret is one at err;
//   - a condition stands as "ret", "!ret", "ret == 0"; "ret == -EINTR" is "ret" where that is the
//     error asked about; what runs only for another one is left out;
//   - "if (!ret) A; else B;" is "if (ret) B; else A;";
//   - "IF_LOG(x) { A; }", a macro that spatch does not know, runs its block any number of times.
#pragma once

#include <string>

namespace killify {

constexpr const char* kUnknownResult = "what_is_not_known";

// `text` is a function, from its name on. `callee` fails with `error`: "-EINTR", "" where that is
// not known.
[[nodiscard]] std::string plain_code(std::string text, const std::string& callee,
                                     const std::string& error);

}  // namespace killify
