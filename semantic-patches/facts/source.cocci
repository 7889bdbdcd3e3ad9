// SPDX-License-Identifier: GPL-2.0-only
/// Print what one source file says about functions: which it defines, what they call and with which
/// arguments, which calls go through a field, and which functions are bound to fields. One JSON
/// object a line; changes nothing.
//# A function that spatch cannot parse gives no facts; --verbose-parsing names its lines.
//# The ways to write an initialiser are rules of their own: as one disjunction they explode.
//# Calls are matched by position, never with a nest: a nest explodes on long functions.
// Confidence: High
// Options: --no-includes --very-quiet
// Requires: 1.1.1

@initialize:python@
@@
import json

def emit(fact, position, **fields):
    fields.update(fact=fact, file=position.file, line=int(position.line),
                  function=position.current_element)
    print(json.dumps(fields, sort_keys=True))

def texts(terms):
    return [str(term) for term in terms.elements]

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

@internal exists@
identifier f;
position p;
@@
static f@p(...) { ... }

@script:python@
f << internal.f;
p << internal.p;
@@
emit("static", p[0], name=str(f))

@call@
identifier g;
expression list es;
position p;
@@
g@p(es)

@script:python@
g << call.g;
es << call.es;
p << call.p;
@@
emit("call", p[0], callee=str(g), arguments=texts(es))

@field_call@
expression e;
identifier member;
expression list es;
position p;
@@
(
e->member@p(es)
|
e.member@p(es)
)

@script:python@
e << field_call.e;
member << field_call.member;
es << field_call.es;
p << field_call.p;
@@
emit("field_call", p[0], base=str(e), field=str(member), arguments=texts(es))

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
emit("binding", p[0], struct=str(s), variable=str(v), field=str(member), target=str(target))

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
emit("binding", p[0], struct=str(s), variable=str(v), field=str(member), target=str(target))

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
emit("binding", p[0], struct=str(s), variable=str(v), field=str(member), target=str(target))

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
emit("binding", p[0], struct="", variable=str(v) + "." + str(outer), field=str(member),
     target=str(target))

@assigned@
type T;
T object;
identifier member;
expression target;
position p;
@@
object.member@p = target

@script:python@
T << assigned.T;
object << assigned.object;
member << assigned.member;
target << assigned.target;
p << assigned.p;
@@
emit("assignment", p[0], type=str(T), object=str(object), field=str(member), target=str(target))

// Beside the rule above in a disjunction, this would match nothing.
@assigned_through_pointer@
type T;
T object;
identifier member;
expression target;
position p;
@@
object->member@p = target

@script:python@
T << assigned_through_pointer.T;
object << assigned_through_pointer.object;
member << assigned_through_pointer.member;
target << assigned_through_pointer.target;
p << assigned_through_pointer.p;
@@
emit("assignment", p[0], type=str(T), object=str(object), field=str(member), target=str(target))
