// SPDX-License-Identifier: GPL-2.0-only
// -D primitives=NAME,... says which interruptible primitives may give way to their killable
// counterparts: foo_interruptible() to foo_killable().

@initialize:python@
@@
given = set()   # their names

@script:python@
names << virtual.primitives;
@@
given.update(names.split(","))
