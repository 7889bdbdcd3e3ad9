// SPDX-License-Identifier: GPL-2.0-only
/// Leave a retry loop around a killable sleep when a fatal signal is pending: the
/// sleep would fail at once, and the loop spin.
//# FUNCTION returns vm_fault_t, RESULT is what ends the fault (VM_FAULT_SIGBUS, as
//# mmap_lock is held).
//#
//# The exit is a plain return, so nothing may be held there. It is left out when
//# a call that looks like a release can follow the sleep without its acquire, or
//# can come before the sleep without it (a lock of the caller that is dropped for
//# the sleep). The counterparts are recognised by name and first argument; what is
//# disabled on this processor (preempt_disable()) is held until it is enabled.
//
// Confidence: Moderate
// Options: --no-includes -D fn=FUNCTION -D result=RESULT
// Requires: 1.1.1

// Run it in semantic-patches/, where spatch finds what is included.
#include "include/text.cocci"

@initialize:python@
@@
# Places are (line, column).
loops = set()  # what is to be preceded or followed by an exit
jumps = {}     # jump -> the sleep it leads back to
exits = set()  # jumps behind an exit
held = set()   # sleeps with something held

following = {} # statement that the exit stands before -> its sleep

# Names are looked at here: what spatch itself takes for a regular expression depends on the library
# that it was built with.
# What is disabled on this processor is held until it is enabled; else "enable" takes something.
PROCESSOR = r"(preempt|pagefault|migrate|local_irq|local_bh)"
RELEASE = re.compile(r"unlock|(^|_|[fid])put(_|$)|release|free|unpin|unref|fini|_end|up_read|up_write|^up$|"
                     r"^(?!" + PROCESSOR + r"_).*disable|" + PROCESSOR + r"_enable|"
                     r"exit|finish|remove|drop|leave|destroy|detach|unmap|close")
ACQUIRE = re.compile(r"^" + PROCESSOR + r"_disable$|"
                     r"^(?!.*un(lock|pin|ref|map))(?!" + PROCESSOR + r"_)(.*_)?(try)?"
                     r"(lock|get|acquire|pin|ref|init|begin|start|down|enable|enter|alloc|open|map|attach)"
                     r"(_(read|write|killable|interruptible|nested|irq|irqsave|bh|sync|slow))*$")

def releases(name):
    return RELEASE.search(name) is not None

def acquires(name):
    return ACQUIRE.search(name) is not None

def is_killable(callee):
    """Whether what is called there is named for a killable sleep."""
    return re.match(r"\w*_killable(_|\b)", around(callee)[1]) is not None

def line_of(position):
    return lines_of(position)[int(position.line) - 1]

def indent(position):
    line = line_of(position)
    return line[:len(line) - len(line.lstrip())]

def has_comment(position):
    return "/*" in line_of(position) or "//" in line_of(position)

@script:python target@
fn << virtual.fn;
inside;
@@
coccinelle.inside = fn

// No result says that a signal came.
@silent@
position p : script:python(target.inside) { p[0].current_element == inside };
@@
(
\(set_current_state\|__set_current_state\)(TASK_KILLABLE);
...
\(schedule@p\|schedule_timeout@p\|io_schedule@p\|io_schedule_timeout@p\)(...)
|
schedule_timeout_killable@p(...)
)

// The sleep is reached again without a look at the signal.
@repeated exists@
symbol current;
identifier sleep;
position silent.p;
@@
sleep@p(...)
... when != fatal_signal_pending(current)
sleep@p(...)

@script:python@
p << silent.p;
sleep << repeated.sleep;
@@
loops.add(place(p[0]))

// The error of the sleep leads back to it.
@failing@
identifier sleep;
position p : script:python(target.inside) { p[0].current_element == inside and is_killable(p[0]) };
position s;
expression err;
statement S;
@@
(
if (\(sleep@p(...)\|unlikely(sleep@p(...))\|(err = sleep@p(...))\)) S@s
|
err = sleep@p(...);
if (\(err\|unlikely(err)\|err < 0\)) S@s
)

@jumping exists@
symbol current;
identifier failing.sleep, l;
position failing.p, g;
@@
(
goto@g l;
|
continue@g;
)
... when != fatal_signal_pending(current)
sleep@p(...)

// It has an exit already.
@left@
symbol current;
identifier l;
expression E;
position g;
@@
if (fatal_signal_pending(current))
	return E;
(
goto@g l;
|
continue@g;
)

@script:python@
g << left.g;
@@
exits.add(place(g[0]))

@script:python@
p << failing.p;
s << failing.s;
g << jumping.g;
@@
if place(g[0]) not in exits and int(s[0].line) <= int(g[0].line) <= int(s[0].line_end):
	loops.add(place(g[0]))
	jumps[place(g[0])] = place(p[0])

@sleeping@
identifier sleep;
position p : script:python() { place(p[0]) in loops or place(p[0]) in jumps.values() };
@@
sleep@p(...)

// What is released later is held now, unless it is acquired in between.
@released_after exists@
identifier sleep, l;
identifier release : script:python() { releases(release) };
identifier acquire : script:python() { acquires(acquire) };
position p : script:python() { place(p[0]) in loops };
expression E, x;
@@
(
sleep@p(...);
|
E = sleep@p(...);
|
goto@p l;
|
continue@p;
)
... when != acquire(x, ...)
release(x, ...)

@script:python@
p << released_after.p;
@@
held.add(place(p[0]))

// A release that names nothing, such as that of a global lock.
@released_after_unnamed exists@
identifier sleep, l;
identifier release : script:python() { releases(release) };
identifier acquire : script:python() { acquires(acquire) };
position p : script:python() { place(p[0]) in loops };
expression E;
@@
(
sleep@p(...);
|
E = sleep@p(...);
|
goto@p l;
|
continue@p;
)
... when != acquire()
release()

@script:python@
p << released_after_unnamed.p;
@@
held.add(place(p[0]))

// What is released before without having been acquired belongs to the caller.
@released_before exists@
identifier virtual.fn, sleeping.sleep;
identifier release : script:python() { releases(release) };
identifier acquire : script:python() { acquires(acquire) };
position sleeping.p;
expression x;
@@
fn(...) {
... when != acquire(x, ...)
release(x, ...)
... when any
sleep@p(...)
... when any
}

@script:python@
p << sleeping.p;
x << released_before.x;
@@
held.add(place(p[0]))

// A comment behind the sleep stays there when the exit belongs to the next statement.
@commented@
identifier sleep;
position p : script:python() { place(p[0]) in loops and has_comment(p[0]) };
position n;
expression E;
statement S;
@@
\(sleep@p(...);\|E = sleep@p(...);\)
S@n

@script:python@
p << commented.p;
n << commented.n;
@@
if indent(p[0]) == indent(n[0]) and int(n[0].line) == int(p[0].line) + 1:
	following[place(n[0])] = place(p[0])

@change@
symbol current;
identifier virtual.result;
identifier sleep, l;
expression E;
statement S;
position n : script:python() { place(n[0]) in following and following[place(n[0])] not in held };
position p : script:python() { place(p[0]) in loops - held - set(following.values()) };
position g : script:python() { place(g[0]) in loops - held and jumps.get(place(g[0])) not in held };
@@
(
  sleep@p(...);
+ if (fatal_signal_pending(current))
+ 	return result;
|
  E = sleep@p(...);
+ if (fatal_signal_pending(current))
+ 	return result;
|
+ if (fatal_signal_pending(current))
+ 	return result;
  goto@g l;
|
+ if (fatal_signal_pending(current))
+ 	return result;
  continue@g;
|
+ if (fatal_signal_pending(current))
+ 	return result;
  S@n
)
