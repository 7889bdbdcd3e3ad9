// SPDX-License-Identifier: GPL-2.0-only
/// Wake killable sleepers, too: wake_up() instead of wake_up_interruptible(), which
/// only wakes TASK_INTERRUPTIBLE ones. The other forms likewise.
//# QUEUE is the last component of the queue's expression: the field or the
//# variable. All calls in the file that name it are converted, whatever the
//# object, so every waiter of that queue should be known. Each -D NAME that is
//# given converts the calls of NAME. wake_up_interruptible_sync_poll() has no
//# counterpart.
//
// Confidence: Moderate
// Options: --no-includes -D queue=QUEUE
//          -D wake_up_interruptible
//          -D wake_up_interruptible_all
//          -D wake_up_interruptible_nr
//          -D wake_up_interruptible_sync
//          -D wake_up_interruptible_poll
// Requires: 1.1.1

virtual wake_up_interruptible
virtual wake_up_interruptible_all
virtual wake_up_interruptible_nr
virtual wake_up_interruptible_sync
virtual wake_up_interruptible_poll

@script:python target@
given << virtual.queue;
queue;
@@
coccinelle.queue = given

@wake_up_interruptible_heard depends on wake_up_interruptible@
identifier target.queue;
expression object, index;
@@
- wake_up_interruptible
+ wake_up
  (\(&object->queue\|&object.queue\|object->queue\|object.queue\|&object->queue[index]\|&object.queue[index]\|&queue[index]\|&queue\|queue\))

@wake_up_interruptible_all_heard depends on wake_up_interruptible_all@
identifier target.queue;
expression object, index;
@@
- wake_up_interruptible_all
+ wake_up_all
  (\(&object->queue\|&object.queue\|object->queue\|object.queue\|&object->queue[index]\|&object.queue[index]\|&queue[index]\|&queue\|queue\))

@wake_up_interruptible_nr_heard depends on wake_up_interruptible_nr@
identifier target.queue;
expression object, index, what;
@@
- wake_up_interruptible_nr
+ wake_up_nr
  (\(&object->queue\|&object.queue\|object->queue\|object.queue\|&object->queue[index]\|&object.queue[index]\|&queue[index]\|&queue\|queue\), what)

@wake_up_interruptible_sync_heard depends on wake_up_interruptible_sync@
identifier target.queue;
expression object, index;
@@
- wake_up_interruptible_sync
+ wake_up_sync
  (\(&object->queue\|&object.queue\|object->queue\|object.queue\|&object->queue[index]\|&object.queue[index]\|&queue[index]\|&queue\|queue\))

@wake_up_interruptible_poll_heard depends on wake_up_interruptible_poll@
identifier target.queue;
expression object, index, what;
@@
- wake_up_interruptible_poll
+ wake_up_poll
  (\(&object->queue\|&object.queue\|object->queue\|object.queue\|&object->queue[index]\|&object.queue[index]\|&queue[index]\|&queue\|queue\), what)
