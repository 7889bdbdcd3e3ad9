/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_WAIT_H
#define _LINUX_WAIT_H

#include <linux/list.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>

typedef struct wait_queue_head {
	spinlock_t lock;
	struct list_head head;
} wait_queue_head_t;

typedef struct wait_queue_entry {
	unsigned int flags;
	struct task_struct *private;
	struct list_head entry;
} wait_queue_entry_t;

#define WQ_FLAG_EXCLUSIVE 0x01

#define DEFINE_WAIT(name) \
	struct wait_queue_entry name = { .private = current, .entry = LIST_HEAD_INIT((name).entry) }

void init_waitqueue_head(struct wait_queue_head *wq_head);
void init_wait_entry(struct wait_queue_entry *wq_entry, int flags);
void add_wait_queue(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry);
void remove_wait_queue(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry);
void prepare_to_wait(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry, int state);
bool prepare_to_wait_exclusive(struct wait_queue_head *wq_head,
			       struct wait_queue_entry *wq_entry, int state);
long prepare_to_wait_event(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry,
			   int state);
void finish_wait(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry);

int __wake_up(struct wait_queue_head *wq_head, unsigned int mode, int nr, void *key);

#define wake_up(x) __wake_up(x, TASK_NORMAL, 1, NULL)
#define wake_up_nr(x, nr) __wake_up(x, TASK_NORMAL, nr, NULL)
#define wake_up_all(x) __wake_up(x, TASK_NORMAL, 0, NULL)
#define wake_up_interruptible(x) __wake_up(x, TASK_INTERRUPTIBLE, 1, NULL)
#define wake_up_interruptible_nr(x, nr) __wake_up(x, TASK_INTERRUPTIBLE, nr, NULL)
#define wake_up_interruptible_all(x) __wake_up(x, TASK_INTERRUPTIBLE, 0, NULL)

#define ___wait_is_interruptible(state) \
	(!__builtin_constant_p(state) || \
	 (state) == TASK_INTERRUPTIBLE || (state) == TASK_KILLABLE)

/* Sleeps with `sleep` until `condition`; its value is 0, or the error that a signal causes. */
#define ___wait_event(wq_head, condition, state, exclusive, result, sleep) \
({ \
	struct wait_queue_entry __entry; \
	long __result = (result); \
	\
	init_wait_entry(&__entry, (exclusive) ? WQ_FLAG_EXCLUSIVE : 0); \
	while (1) { \
		long __signal = prepare_to_wait_event(&(wq_head), &__entry, (state)); \
		\
		if (condition) { \
			finish_wait(&(wq_head), &__entry); \
			break; \
		} \
		if (___wait_is_interruptible(state) && __signal) { \
			__result = __signal; \
			break; \
		} \
		sleep; \
	} \
	__result; \
})

/* The condition may have come true at the very end of the time: then one jiffy is left. */
#define ___wait_timed(condition) \
({ \
	bool __true = (condition); \
	\
	if (__true && !__result) \
		__result = 1; \
	__true || !__result; \
})

#define __wait_event_now(wq_head, condition, state, exclusive) \
({ \
	int __ret = 0; \
	\
	might_sleep(); \
	if (!(condition)) \
		__ret = ___wait_event(wq_head, condition, state, exclusive, 0, schedule()); \
	__ret; \
})

#define __wait_event_time(wq_head, condition, state, timeout) \
({ \
	long __ret = (timeout); \
	\
	might_sleep(); \
	if (!(condition)) \
		__ret = ___wait_event(wq_head, ___wait_timed(condition), state, 0, __ret, \
				      __result = schedule_timeout(__result)); \
	__ret; \
})

#define wait_event(wq_head, condition) \
	((void)__wait_event_now(wq_head, condition, TASK_UNINTERRUPTIBLE, 0))
#define wait_event_interruptible(wq_head, condition) \
	__wait_event_now(wq_head, condition, TASK_INTERRUPTIBLE, 0)
#define wait_event_interruptible_exclusive(wq, condition) \
	__wait_event_now(wq, condition, TASK_INTERRUPTIBLE, 1)
#define wait_event_killable(wq_head, condition) \
	__wait_event_now(wq_head, condition, TASK_KILLABLE, 0)
#define wait_event_killable_exclusive(wq, condition) \
	__wait_event_now(wq, condition, TASK_KILLABLE, 1)

#define wait_event_timeout(wq_head, condition, timeout) \
	__wait_event_time(wq_head, condition, TASK_UNINTERRUPTIBLE, timeout)
#define wait_event_interruptible_timeout(wq_head, condition, timeout) \
	__wait_event_time(wq_head, condition, TASK_INTERRUPTIBLE, timeout)
#define wait_event_killable_timeout(wq_head, condition, timeout) \
	__wait_event_time(wq_head, condition, TASK_KILLABLE, timeout)

/* No killable form, as in the kernel. */
#define wait_event_interruptible_lock_irq(wq_head, condition, lock) \
({ \
	int __ret = 0; \
	\
	if (!(condition)) \
		__ret = ___wait_event(wq_head, condition, TASK_INTERRUPTIBLE, 0, 0, \
				      spin_unlock_irq(&(lock)); \
				      schedule(); \
				      spin_lock_irq(&(lock))); \
	__ret; \
})

#define wait_event_idle(wq_head, condition) \
	((void)__wait_event_now(wq_head, condition, TASK_IDLE, 0))
#define wait_event_idle_timeout(wq_head, condition, timeout) \
	__wait_event_time(wq_head, condition, TASK_IDLE, timeout)

#endif /* _LINUX_WAIT_H */
