// SPDX-License-Identifier: GPL-2.0-only
/// Sleep in TASK_KILLABLE instead of TASK_INTERRUPTIBLE, so that only a fatal signal
/// ends the sleep. schedule_timeout_interruptible() likewise.
//# A killable sleeper does not hear wake_up_interruptible(): see wake_up.cocci.
//# A state that comes in a variable is left alone.
//# FUNCTION is the function in whose body calls are converted. Each -D NAME that
//# Each -D NAME that is given converts the calls of NAME.
//
// Confidence: Moderate
// Options: --no-includes -D fn=FUNCTION
//          -D set_current_state
//          -D __set_current_state
//          -D prepare_to_wait
//          -D prepare_to_wait_exclusive
//          -D prepare_to_wait_event
//          -D prepare_to_swait_exclusive
//          -D prepare_to_swait_event
//          -D wait_event_state
//          -D wait_woken
//          -D wait_on_bit
//          -D wait_on_bit_io
//          -D wait_on_bit_timeout
//          -D wait_on_bit_action
//          -D wait_on_bit_lock
//          -D wait_on_bit_lock_io
//          -D wait_on_bit_lock_action
//          -D out_of_line_wait_on_bit
//          -D out_of_line_wait_on_bit_timeout
//          -D out_of_line_wait_on_bit_lock
//          -D signal_pending_state
//          -D schedule_timeout_interruptible
// Requires: 1.1.1

virtual set_current_state
virtual __set_current_state
virtual prepare_to_wait
virtual prepare_to_wait_exclusive
virtual prepare_to_wait_event
virtual prepare_to_swait_exclusive
virtual prepare_to_swait_event
virtual wait_event_state
virtual wait_woken
virtual wait_on_bit
virtual wait_on_bit_io
virtual wait_on_bit_timeout
virtual wait_on_bit_action
virtual wait_on_bit_lock
virtual wait_on_bit_lock_io
virtual wait_on_bit_lock_action
virtual out_of_line_wait_on_bit
virtual out_of_line_wait_on_bit_timeout
virtual out_of_line_wait_on_bit_lock
virtual signal_pending_state
virtual schedule_timeout_interruptible

@script:python target@
fn << virtual.fn;
inside;
@@
coccinelle.inside = fn

@set_current_state_killable depends on set_current_state@
position p : script:python(target.inside) { p[0].current_element == inside };
@@
  set_current_state@p(<+...
- TASK_INTERRUPTIBLE
+ TASK_KILLABLE
  ...+>)

@__set_current_state_killable depends on __set_current_state@
position p : script:python(target.inside) { p[0].current_element == inside };
@@
  __set_current_state@p(<+...
- TASK_INTERRUPTIBLE
+ TASK_KILLABLE
  ...+>)

@prepare_to_wait_killable depends on prepare_to_wait@
expression A, B;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
  prepare_to_wait@p(A, B, <+...
- TASK_INTERRUPTIBLE
+ TASK_KILLABLE
  ...+>)

@prepare_to_wait_exclusive_killable depends on prepare_to_wait_exclusive@
expression A, B;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
  prepare_to_wait_exclusive@p(A, B, <+...
- TASK_INTERRUPTIBLE
+ TASK_KILLABLE
  ...+>)

@prepare_to_wait_event_killable depends on prepare_to_wait_event@
expression A, B;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
  prepare_to_wait_event@p(A, B, <+...
- TASK_INTERRUPTIBLE
+ TASK_KILLABLE
  ...+>)

@prepare_to_swait_exclusive_killable depends on prepare_to_swait_exclusive@
expression A, B;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
  prepare_to_swait_exclusive@p(A, B, <+...
- TASK_INTERRUPTIBLE
+ TASK_KILLABLE
  ...+>)

@prepare_to_swait_event_killable depends on prepare_to_swait_event@
expression A, B;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
  prepare_to_swait_event@p(A, B, <+...
- TASK_INTERRUPTIBLE
+ TASK_KILLABLE
  ...+>)

@wait_event_state_killable depends on wait_event_state@
expression A, B;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
  wait_event_state@p(A, B, <+...
- TASK_INTERRUPTIBLE
+ TASK_KILLABLE
  ...+>)

@wait_woken_killable depends on wait_woken@
expression A, C;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
  wait_woken@p(A, <+...
- TASK_INTERRUPTIBLE
+ TASK_KILLABLE
  ...+>, C)

@wait_on_bit_killable depends on wait_on_bit@
expression A, B;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
  wait_on_bit@p(A, B, <+...
- TASK_INTERRUPTIBLE
+ TASK_KILLABLE
  ...+>)

@wait_on_bit_io_killable depends on wait_on_bit_io@
expression A, B;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
  wait_on_bit_io@p(A, B, <+...
- TASK_INTERRUPTIBLE
+ TASK_KILLABLE
  ...+>)

@wait_on_bit_timeout_killable depends on wait_on_bit_timeout@
expression A, B, D;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
  wait_on_bit_timeout@p(A, B, <+...
- TASK_INTERRUPTIBLE
+ TASK_KILLABLE
  ...+>, D)

@wait_on_bit_action_killable depends on wait_on_bit_action@
expression A, B, C;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
  wait_on_bit_action@p(A, B, C, <+...
- TASK_INTERRUPTIBLE
+ TASK_KILLABLE
  ...+>)

@wait_on_bit_lock_killable depends on wait_on_bit_lock@
expression A, B;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
  wait_on_bit_lock@p(A, B, <+...
- TASK_INTERRUPTIBLE
+ TASK_KILLABLE
  ...+>)

@wait_on_bit_lock_io_killable depends on wait_on_bit_lock_io@
expression A, B;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
  wait_on_bit_lock_io@p(A, B, <+...
- TASK_INTERRUPTIBLE
+ TASK_KILLABLE
  ...+>)

@wait_on_bit_lock_action_killable depends on wait_on_bit_lock_action@
expression A, B, C;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
  wait_on_bit_lock_action@p(A, B, C, <+...
- TASK_INTERRUPTIBLE
+ TASK_KILLABLE
  ...+>)

@out_of_line_wait_on_bit_killable depends on out_of_line_wait_on_bit@
expression A, B, C;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
  out_of_line_wait_on_bit@p(A, B, C, <+...
- TASK_INTERRUPTIBLE
+ TASK_KILLABLE
  ...+>)

@out_of_line_wait_on_bit_timeout_killable depends on out_of_line_wait_on_bit_timeout@
expression A, B, C, E;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
  out_of_line_wait_on_bit_timeout@p(A, B, C, <+...
- TASK_INTERRUPTIBLE
+ TASK_KILLABLE
  ...+>, E)

@out_of_line_wait_on_bit_lock_killable depends on out_of_line_wait_on_bit_lock@
expression A, B, C;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
  out_of_line_wait_on_bit_lock@p(A, B, C, <+...
- TASK_INTERRUPTIBLE
+ TASK_KILLABLE
  ...+>)

@signal_pending_state_killable depends on signal_pending_state@
expression B;
position p : script:python(target.inside) { p[0].current_element == inside };
@@
  signal_pending_state@p(<+...
- TASK_INTERRUPTIBLE
+ TASK_KILLABLE
  ...+>, B)

@schedule_timeout_killable depends on schedule_timeout_interruptible@
position p : script:python(target.inside) { p[0].current_element == inside };
@@
- schedule_timeout_interruptible@p
+ schedule_timeout_killable
  (...)
