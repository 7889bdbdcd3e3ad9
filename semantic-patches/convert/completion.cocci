// SPDX-License-Identifier: GPL-2.0-only
/// Use wait_for_completion_killable() instead of wait_for_completion_interruptible(),
/// so that only a fatal signal ends the wait. The form with a timeout likewise.
//# complete() wakes TASK_NORMAL sleepers: its callers need no change.
//# FUNCTION is the function in whose body calls are converted. Each -D NAME that
//# is given converts the calls of NAME: give those whose killable counterpart
//# the tree has.
//
// Confidence: High
// Options: --no-includes -D fn=FUNCTION
//          -D wait_for_completion_interruptible
//          -D wait_for_completion_interruptible_timeout
// Requires: 1.1.1

virtual wait_for_completion_interruptible
virtual wait_for_completion_interruptible_timeout

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

@wait_for_completion_interruptible_named depends on wait_for_completion_interruptible@
position p : script:python(target.inside) { p[0].current_element == inside };
@@
- wait_for_completion_interruptible@p
+ wait_for_completion_killable
  (...)

// The arguments are printed anew, so that their lines stay below the parenthesis.
@wait_for_completion_interruptible_timeout_aligned depends on wait_for_completion_interruptible_timeout@
expression A, B;
position p : script:python(target.inside) { p[0].current_element == inside };
position end : script:python() { is_broken(end[0], "wait_for_completion_interruptible_timeout(") };
position in_a : script:python() { fits(in_a[0]) };
position in_b : script:python() { fits(in_b[0]) };
@@
- wait_for_completion_interruptible_timeout@p(A@in_a, B@in_b)@end
+ wait_for_completion_killable_timeout(A, B)

@wait_for_completion_interruptible_timeout_named depends on wait_for_completion_interruptible_timeout@
position p : script:python(target.inside) { p[0].current_element == inside };
@@
- wait_for_completion_interruptible_timeout@p
+ wait_for_completion_killable_timeout
  (...)
