// SPDX-License-Identifier: GPL-2.0-only
/* Blocking signals looks at those that are pending, and sleeps for none. */
#include <linux/sched/signal.h>

static void retarget_shared_pending(struct task_struct *tsk, unsigned long *which)
{
	struct task_struct *t = tsk;

	if (!signal_pending(t))
		signal_wake_up(t, 0);
}

static void __set_task_blocked(struct task_struct *tsk, const unsigned long *newset)
{
	unsigned long newblocked = *newset;

	if (signal_pending(tsk))
		retarget_shared_pending(tsk, &newblocked);
}

void __set_current_blocked(const unsigned long *newset)
{
	__set_task_blocked(current, newset);
}

int sigprocmask(int how, unsigned long *set, unsigned long *oldset)
{
	__set_current_blocked(set);
	return 0;
}
EXPORT_SYMBOL(sigprocmask);
