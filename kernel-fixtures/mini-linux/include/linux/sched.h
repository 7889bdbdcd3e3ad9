/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_SCHED_H
#define _LINUX_SCHED_H

#include <linux/kernel.h>
#include <linux/signal.h>

#define TASK_RUNNING 0x00000000
#define TASK_INTERRUPTIBLE 0x00000001
#define TASK_UNINTERRUPTIBLE 0x00000002
#define TASK_WAKEKILL 0x00000100
#define TASK_KILLABLE (TASK_WAKEKILL | TASK_UNINTERRUPTIBLE)
#define TASK_NORMAL (TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)

struct mm_struct;

struct task_struct {
	unsigned int __state;
	struct mm_struct *mm;
	int pid;
	unsigned in_execve:1;
	unsigned in_iowait:1;
#ifdef CONFIG_EVENTFD
	unsigned in_eventfd:1;
#endif
	struct sigpending pending;
};

struct task_struct *get_current(void);
#define current get_current()

#define __set_current_state(state_value) \
	WRITE_ONCE(current->__state, (state_value))
#define set_current_state(state_value) \
	do { \
		WRITE_ONCE(current->__state, (state_value)); \
		barrier(); \
	} while (0)

#define MAX_SCHEDULE_TIMEOUT ((long)(~0UL >> 1))
long schedule_timeout(long timeout);
long schedule_timeout_interruptible(long timeout);
long schedule_timeout_killable(long timeout);
long schedule_timeout_uninterruptible(long timeout);
void schedule(void);
int cond_resched(void);

int wake_up_state(struct task_struct *task, unsigned int state);
int wake_up_process(struct task_struct *task);

#define TASK_NOLOAD 0x0400
#define TASK_IDLE (TASK_UNINTERRUPTIBLE | TASK_NOLOAD)
long schedule_timeout_idle(long timeout);

#endif /* _LINUX_SCHED_H */
