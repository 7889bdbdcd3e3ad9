/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_SCHED_SIGNAL_H
#define _LINUX_SCHED_SIGNAL_H

struct task_struct {
	unsigned long flags;
	unsigned long pending;
};

#define TIF_SIGPENDING	2
#define SIGKILL		9

static inline int signal_pending(struct task_struct *p)
{
	return !!(p->flags & TIF_SIGPENDING);
}

static inline int __fatal_signal_pending(struct task_struct *p)
{
	return p->pending == SIGKILL;
}

static inline int fatal_signal_pending(struct task_struct *p)
{
	return signal_pending(p) && __fatal_signal_pending(p);
}

#endif
