// SPDX-License-Identifier: GPL-2.0-only
/// Use mutex_lock_killable() instead of mutex_lock_interruptible(), so that only a
/// fatal signal ends the wait for a mutex.
//# FUNCTION is the function in whose body calls are converted. Each -D NAME that
//# is given converts the calls of NAME: give those whose killable counterpart
//# the tree has.
//
// Confidence: High
// Options: --no-includes -D fn=FUNCTION
//          -D mutex_lock_interruptible
//          -D mutex_lock_interruptible_nested
// Requires: 1.1.1

virtual mutex_lock_interruptible
virtual mutex_lock_interruptible_nested

@initialize:python@
@@
def is_broken(end, name):
    """Whether the call of name that ends there takes several lines, without a comment to lose."""
    with open(end.file) as source:
        lines = source.readlines()[:int(end.line)]
    first = max(at for at, line in enumerate(lines) if name in line)
    lines = lines[first:]
    return len(lines) > 1 and not any("/*" in line or "//" in line for line in lines)

def fits(argument):
    """Whether an argument can be printed on one line."""
    first, last = int(argument.line), int(argument.line_end)
    with open(argument.file) as source:
        lines = source.readlines()[first - 1:last]
    return first == last or len(" ".join(line.strip() for line in lines)) <= 60

@script:python target@
fn << virtual.fn;
inside;
@@
coccinelle.inside = fn

@mutex_lock_interruptible_named depends on mutex_lock_interruptible@
position p : script:python(target.inside) { p[0].current_element == inside };
@@
- mutex_lock_interruptible@p
+ mutex_lock_killable
  (...)

// The arguments are printed anew, so that their lines stay below the parenthesis.
@mutex_lock_interruptible_nested_aligned depends on mutex_lock_interruptible_nested@
expression A, B;
position p : script:python(target.inside) { p[0].current_element == inside };
position end : script:python() { is_broken(end[0], "mutex_lock_interruptible_nested(") };
position in_a : script:python() { fits(in_a[0]) };
position in_b : script:python() { fits(in_b[0]) };
@@
- mutex_lock_interruptible_nested@p(A@in_a, B@in_b)@end
+ mutex_lock_killable_nested(A, B)

@mutex_lock_interruptible_nested_named depends on mutex_lock_interruptible_nested@
position p : script:python(target.inside) { p[0].current_element == inside };
@@
- mutex_lock_interruptible_nested@p
+ mutex_lock_killable_nested
  (...)
