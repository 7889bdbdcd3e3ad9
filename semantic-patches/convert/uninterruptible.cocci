// SPDX-License-Identifier: GPL-2.0-only
/// Call the uninterruptible counterpart of a function, and drop what was done when
/// a signal ended the wait.
//# FUNCTION is the function in whose body calls are converted. FROM and TO take the
//# same arguments. With returns_nothing, TO has no result: FROM fails on a signal
//# only, so that what its failure led to goes. Without it, the results are the same
//# but for the error of a signal. With unbounded, nothing but a signal may ever end
//# the wait: only loops are converted that wait again after the signal.
//
// Confidence: Moderate
// Options: --no-includes -D fn=FUNCTION -D from=FROM -D to=TO
//          -D returns_nothing -D unbounded
// Requires: 1.1.1

virtual returns_nothing
virtual unbounded

@script:python target@
fn << virtual.fn;
inside;
@@
coccinelle.inside = fn

// A comment in a loop would be about the loop.
@loops depends on returns_nothing@
identifier virtual.from;
position p : script:python(target.inside) { p[0].current_element == inside };
position end;
@@
  while (from@p(...)) ;@end

@script:python uncommented@
p << loops.p;
end << loops.end;
@@
with open(p[0].file, encoding="latin-1") as source:
    lines = source.readlines()[int(p[0].line) - 1:int(end[0].line)]
if any("/*" in line or "//" in line for line in lines):
    cocci.include_match(False)

// The signal stays pending: until now such a loop spins.
@repeated depends on uncommented@
identifier virtual.from, virtual.to;
expression list args;
position loops.p;
@@
- while (from@p(args)) ;
+ to(args);

@tested depends on !returns_nothing && !unbounded@
identifier virtual.from, virtual.to;
expression list args;
statement S;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
- if (from@p(args) < 0) S
+ to(args);

@renamed depends on !returns_nothing && !unbounded@
identifier virtual.from, virtual.to;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
- from@p
+ to
  (...)

@impossible depends on renamed@
identifier virtual.to;
expression x;
statement S;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
  x = to@p(...);
- if (\(x < 0\|x == -ERESTARTSYS\|x == -EINTR\)) S

@checked depends on returns_nothing && !unbounded@
identifier virtual.from, virtual.to;
expression list args;
statement S;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
- if (\(from@p(args)\|from@p(args) != 0\|from@p(args) < 0\|from@p(args) == -EINTR\|from@p(args) == -ERESTARTSYS\)) S
+ to(args);

@written@
identifier x;
expression E;
position w;
@@
  x@w = E

// Whether a way from the call leads to a use of the result behind the test.
@used depends on returns_nothing && !unbounded exists@
identifier virtual.from;
identifier x;
statement S;
position p : script:python(target.inside) { p[0].current_element == inside };
position q != written.w;
@@
  x = from@p(...);
  if (\(x\|x != 0\|x < 0\)) S
  ... when != x
  x@q

@assigned_and_used depends on returns_nothing && !unbounded@
identifier virtual.from, virtual.to;
identifier used.x;
statement S;
position used.p;
@@
- x = from@p
+ to
  (...);
- if (\(x\|x != 0\|x < 0\)) S
+ x = 0;

@assigned depends on returns_nothing && !unbounded@
identifier virtual.from, virtual.to;
identifier x;
statement S;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
- x = from@p
+ to
  (...);
- if (\(x\|x != 0\|x < 0\)) S

@returned depends on returns_nothing && !unbounded@
identifier virtual.from, virtual.to;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
- return from@p
+ to
  (...);
+ return 0;

@alone depends on returns_nothing && !unbounded@
identifier virtual.from, virtual.to;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
(
- (void)from@p
+ to
  (...);
|
- from@p
+ to
  (...);
)

// A variable that had no other use.
@unused@
identifier virtual.fn;
identifier assigned.x;
type T;
@@
  fn(...) {
  ... when != x
- T x;
  ... when != x
  }
