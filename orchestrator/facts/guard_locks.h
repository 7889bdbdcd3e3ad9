// The locks that guards of linux/cleanup.h take. "scoped_cond_guard(mutex_intr, return -EINTR,
// &box->lock) {" sleeps interruptibly, and neither spatch nor the tokens show it: the lock function
// is named where the class is defined, and pasted together from pieces. Both are shown what the
// guard does instead, on the same lines:
//   guard(mutex_intr)(&l);                      mutex_lock_interruptible(&l);
//   scoped_guard(mutex_intr, &l) ...            if (mutex_lock_interruptible(&l)) { } else ...
//   scoped_cond_guard(mutex_intr, FAIL, &l) ... if (mutex_lock_interruptible(&l)) { FAIL; } else
//   ... ACQUIRE(mutex_intr, v)(&l);                 int v = mutex_lock_interruptible(&l);
//   ACQUIRE_ERR(mutex_intr, &v)                 v
// What is left out: that the lock is given back, and that "break" in a guarded statement ends it.
// A text that semantic patches change is shown the same way, with marks; a lock that they converted
// becomes the guard of the class that takes the new one.
#pragma once

#include "facts/lexer.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace killify {

// How a class takes its lock, around the argument: "mutex_lock_interruptible(" and ")".
struct GuardClass {
  std::string base;  // "mutex", of "mutex_intr" and "mutex_kill"
  std::string before;
  std::string behind;
  bool gives_object = false;  // NULL where it has no lock; an error otherwise
};
using GuardClasses = std::map<std::string, GuardClass, std::less<>>;

// A use of a guard that is shown as the lock it takes.
struct GuardLock {
  std::string macro;        // "scoped_guard"
  std::string guard_class;  // "mutex_intr"
  int line = 0;
  std::string written{};
  std::string shown{};
};

// The macros that define classes which can fail to take their lock.
[[nodiscard]] const std::vector<std::string>& guard_definers();
[[nodiscard]] bool is_guard_macro(std::string_view word);

// The classes that guards of a text are of.
[[nodiscard]] std::set<std::string> guard_classes_in(const std::vector<Token>& tokens);

// The function that takes the lock of a class which is written out; that class.
[[nodiscard]] std::string guard_constructor(std::string_view guard_class);
[[nodiscard]] GuardClass constructed_class(std::string_view guard_class);

// Adds the classes that a text defines and whose lock function returns 0 when it has the lock.
void add_guard_classes(const std::vector<Token>& tokens, GuardClasses& classes);

// The definition of such a class, which has its lines for itself.
struct GuardDefinition {
  std::string suffix;  // "_intr", of "mutex_intr"
  int first = 0;       // lines
  int last = 0;
};
[[nodiscard]] std::optional<GuardDefinition> guard_definition(const std::vector<Token>& tokens,
                                                              std::string_view guard_class);

// The class of the same kind of lock that takes it by `function`; "" where there is none.
[[nodiscard]] std::string guard_class_by(const GuardClasses& classes, std::string_view guard_class,
                                         std::string_view function);

// The text with the locks of such guards shown; adds them to `locks`. No line moves.
[[nodiscard]] std::string with_locks_shown(std::string_view text, const GuardClasses& classes,
                                           std::vector<GuardLock>& locks);

// The same with marks around each, for with_locks_hidden().
[[nodiscard]] std::string with_locks_marked(std::string_view text, const GuardClasses& classes,
                                            std::vector<GuardLock>& locks);

// The guards again, with the lock and the fail statement that semantic patches left; nothing where
// no guard says the same.
[[nodiscard]] std::optional<std::string> with_locks_hidden(std::string_view text,
                                                           const GuardClasses& classes,
                                                           const std::vector<GuardLock>& locks);

}  // namespace killify
