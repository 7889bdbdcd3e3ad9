// SPDX-License-Identifier: GPL-2.0-only
/// Print what one source file says about functions: which it defines, what they call and with which
/// arguments, under which conditions, which values their variables are given, and what is bound to
/// the fields of structs. One JSON object a line; changes nothing.
//# A function that spatch cannot parse gives no facts; --verbose-parsing names its lines.
//# The ways to write an initialiser are rules of their own: as one disjunction they explode.
//# Calls are matched by position, never with a nest: a nest explodes on long functions.
//# Expressions are matched whole (any callee, any left-hand side) and taken apart by the reader: one
//# general rule costs a third of the rules for each form.
//# A disjunction of && and || loses matches: they are rules of their own, too.
//# Places in a file are [line, column, last line, column behind]; columns count from 0.
// Confidence: High
// Options: --no-includes --very-quiet
// Requires: 1.1.1

@initialize:python@
@@
import json

encode = json.JSONEncoder(check_circular=False).encode

def emit(fact, position, **fields):
    fields.update(fact=fact, file=position.file, line=int(position.line))
    print(encode(fields))

def emit_inside(fact, position, **fields):
    emit(fact, position, function=position.current_element, **fields)

def texts(terms):
    return [str(term) for term in terms.elements]

def span(position):
    return [int(position.line), int(position.column), int(position.line_end),
            int(position.column_end)]

@definition exists@
identifier f;
position p;
parameter list ps;
type T;
@@
T f@p(ps) { ... }

@script:python@
f << definition.f;
p << definition.p;
ps << definition.ps;
T << definition.T;
@@
emit("definition", p[0], name=str(f), returns=str(T), parameters=texts(ps),
     last=int(p[0].current_element_line_end))

@call@
expression callee;
expression list es;
position p;
@@
callee@p(es)

@script:python@
callee << call.callee;
es << call.es;
p << call.p;
@@
emit_inside("call", p[0], callee=str(callee), arguments=texts(es), at=span(p[0]))

@declared@
type T;
identifier x;
expression e;
position p;
@@
(
T x@p;
|
T x@p = e;
|
T x@p = { ... };
)

@script:python@
T << declared.T;
x << declared.x;
e << declared.e = "";
p << declared.p;
@@
emit_inside("variable", p[0], type=str(T), variable=str(x), value=str(e))

@assigned@
expression target, e;
assignment operator op;
position p;
@@
target@p op e

@script:python@
target << assigned.target;
op << assigned.op;
e << assigned.e;
p << assigned.p;
@@
emit_inside("assignment", p[0], target=str(target), operator=str(op).strip(), value=str(e))

@stepped@
identifier x;
position p;
@@
(
x@p++
|
x@p--
)

@script:python@
x << stepped.x;
p << stepped.p;
@@
emit_inside("assignment", p[0], target=str(x), operator="++", value="")

@branch disable neg_if@
expression C;
statement S1, S2;
position p, q;
@@
(
if (C) S1@p else S2@q
|
if (C) S1@p
)

@script:python@
C << branch.C;
p << branch.p;
q << branch.q = [];
@@
emit("branch", p[0], condition=str(C), then=span(p[0]), otherwise=span(q[0]) if q else [])

@choice disable neg_if_exp@
expression C, E1, E2;
position p, q;
@@
C ? E1@p : E2@q

@script:python@
C << choice.C;
p << choice.p;
q << choice.q;
@@
emit("choice", p[0], condition=str(C), then=span(p[0]), otherwise=span(q[0]))

@conjunction@
expression C, E;
position p;
@@
C && E@p

@script:python@
C << conjunction.C;
p << conjunction.p;
@@
emit("choice", p[0], condition=str(C), then=span(p[0]), otherwise=[])

@disjunction@
expression C, E;
position p;
@@
C || E@p

@script:python@
C << disjunction.C;
p << disjunction.p;
@@
emit("choice", p[0], condition=str(C), then=[], otherwise=span(p[0]))

// A position on the body of a loop matches nothing.
@loop@
expression C;
statement S;
position p;
@@
(
while@p (C) S
|
for@p (...; C; ...) S
)

@script:python@
C << loop.C;
p << loop.p;
@@
emit("loop", p[0], condition=str(C), at=span(p[0]))

@structure@
identifier s;
field list fs;
position p;
@@
struct s@p { fs };

@script:python@
s << structure.s;
fs << structure.fs;
p << structure.p;
@@
emit("struct", p[0], name=str(s), fields=texts(fs))

@bound@
identifier s, v, member;
expression target;
position p;
@@
struct s v = { ..., .member@p = target, ... };

@script:python@
s << bound.s;
v << bound.v;
member << bound.member;
target << bound.target;
p << bound.p;
@@
emit_inside("binding", p[0], struct=str(s), variable=str(v), field=str(member), target=str(target))

@bound_in_array@
identifier s, v, member;
expression target;
position p;
@@
struct s v[...] = { ..., { ..., .member@p = target, ... }, ... };

@script:python@
s << bound_in_array.s;
v << bound_in_array.v;
member << bound_in_array.member;
target << bound_in_array.target;
p << bound_in_array.p;
@@
emit_inside("binding", p[0], struct=str(s), variable=str(v), field=str(member), target=str(target))

@bound_at_index@
identifier s, v, member;
expression index, target;
position p;
@@
struct s v[...] = { ..., [index] = { ..., .member@p = target, ... }, ... };

@script:python@
s << bound_at_index.s;
v << bound_at_index.v;
member << bound_at_index.member;
target << bound_at_index.target;
p << bound_at_index.p;
@@
emit_inside("binding", p[0], struct=str(s), variable=str(v), field=str(member), target=str(target))

@bound_in_member@
identifier s, v, outer, member;
expression target;
position p;
@@
struct s v = { ..., .outer = { ..., .member@p = target, ... }, ... };

@script:python@
v << bound_in_member.v;
outer << bound_in_member.outer;
member << bound_in_member.member;
target << bound_in_member.target;
p << bound_in_member.p;
@@
emit_inside("binding", p[0], struct="", variable=str(v) + " . " + str(outer), field=str(member),
            target=str(target))

@bound_below_member@
identifier s, v, outer, member;
expression target;
position p;
@@
struct s v = { ..., .outer.member@p = target, ... };

@script:python@
v << bound_below_member.v;
outer << bound_below_member.outer;
member << bound_below_member.member;
target << bound_below_member.target;
p << bound_below_member.p;
@@
emit_inside("binding", p[0], struct="", variable=str(v) + " . " + str(outer), field=str(member),
            target=str(target))
