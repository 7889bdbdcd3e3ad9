/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_SCHED_SIGNAL_H
#define _LINUX_SCHED_SIGNAL_H

#include <linux/sched.h>
#include <linux/signal.h>

#define TIF_SIGPENDING 2
#define TIF_NOTIFY_SIGNAL 17
int test_tsk_thread_flag(struct task_struct *task, int flag);

static inline int task_sigpending(struct task_struct *p)
{
	return unlikely(test_tsk_thread_flag(p, TIF_SIGPENDING));
}

static inline int signal_pending(struct task_struct *p)
{
	/*
	 * A notification is no signal, but ends the same waits.
	 */
	if (unlikely(test_tsk_thread_flag(p, TIF_NOTIFY_SIGNAL)))
		return 1;
	return task_sigpending(p);
}

int fatal_signal_pending(struct task_struct *task);
int signal_pending_state(unsigned int state, struct task_struct *task);
void allow_signal(int signal);

#endif /* _LINUX_SCHED_SIGNAL_H */
