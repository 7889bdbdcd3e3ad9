/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_KTHREAD_H
#define _LINUX_KTHREAD_H

#include <linux/err.h>
#include <linux/sched.h>

struct task_struct *kthread_create_on_node(int (*threadfn)(void *data), void *data, int node,
					   const char *name);
#define kthread_create(threadfn, data, name) kthread_create_on_node(threadfn, data, -1, name)

#define kthread_run(threadfn, data, name) \
({ \
	struct task_struct *__task = kthread_create(threadfn, data, name); \
	\
	if (!IS_ERR(__task)) \
		wake_up_process(__task); \
	__task; \
})

bool kthread_should_stop(void);
int kthread_stop(struct task_struct *task);

#endif /* _LINUX_KTHREAD_H */
