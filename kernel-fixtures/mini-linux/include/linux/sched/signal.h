/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_SCHED_SIGNAL_H
#define _LINUX_SCHED_SIGNAL_H

#include <linux/sched.h>
#include <linux/signal.h>

int signal_pending(struct task_struct *task);
int fatal_signal_pending(struct task_struct *task);
int signal_pending_state(unsigned int state, struct task_struct *task);

#endif /* _LINUX_SCHED_SIGNAL_H */
