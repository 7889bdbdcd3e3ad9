/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A thread that takes a lock, keeps it until it is told, and gives it back. Locks have to be
 * returned by who took them, and a program cannot keep a kernel's lock across its system calls.
 */
#ifndef KILLIFY_HOLD_H
#define KILLIFY_HOLD_H

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/uaccess.h>

#include "protocol.h"

struct hold {
	struct mutex guard;		/* one request at a time */
	struct task_struct *thread;	/* NULL: nobody holds the lock */
	struct completion held;
	struct completion release;
	struct completion free;
	void (*lock)(struct hold *hold);
	void (*unlock)(struct hold *hold);
	atomic64_t entries;		/* of the fault handler */
};

static inline void hold_init(struct hold *hold, void (*lock)(struct hold *hold),
			     void (*unlock)(struct hold *hold))
{
	mutex_init(&hold->guard);
	init_completion(&hold->held);
	init_completion(&hold->release);
	init_completion(&hold->free);
	hold->lock = lock;
	hold->unlock = unlock;
}

static int hold_thread(void *data)
{
	struct hold *hold = data;

	hold->lock(hold);
	complete(&hold->held);
	wait_for_completion(&hold->release);
	hold->unlock(hold);
	complete_all(&hold->free);
	return 0;
}

/* Ends the thread, if there is one. */
static inline void hold_stop(struct hold *hold)
{
	if (!hold->thread)
		return;
	complete_all(&hold->release);
	wait_for_completion(&hold->free);
	kthread_stop(hold->thread);
	put_task_struct(hold->thread);
	hold->thread = NULL;
}

static inline bool hold_cpu_is_valid(int cpu)
{
	return cpu >= 0 && cpu < nr_cpu_ids && cpu_online(cpu);
}

static inline int hold_start(struct hold *hold, int cpu)
{
	struct task_struct *thread;

	if (cpu != KILLIFY_ANY_CPU && !hold_cpu_is_valid(cpu))
		return -EINVAL;
	hold_stop(hold);
	reinit_completion(&hold->held);
	reinit_completion(&hold->release);
	reinit_completion(&hold->free);
	thread = kthread_create(hold_thread, hold, "killify-hold");
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	hold->thread = get_task_struct(thread);
	if (cpu != KILLIFY_ANY_CPU)
		set_cpus_allowed_ptr(thread, cpumask_of(cpu));
	wake_up_process(thread);
	wait_for_completion(&hold->held);
	atomic64_set(&hold->entries, 0);
	return 0;
}

/* The requests that both modules know; -ENOTTY for others. */
static inline long hold_ioctl(struct hold *hold, unsigned int request, unsigned long argument)
{
	void __user *user = (void __user *)argument;
	__u64 entries;
	__s32 cpu;

	switch (request) {
	case KILLIFY_HOLD:
		if (get_user(cpu, (__s32 __user *)user))
			return -EFAULT;
		return hold_start(hold, cpu);
	case KILLIFY_RELEASE:
		complete_all(&hold->release);
		return 0;
	case KILLIFY_FREE:
		return !hold->thread || completion_done(&hold->free);
	case KILLIFY_MOVE:
		if (get_user(cpu, (__s32 __user *)user))
			return -EFAULT;
		if (!hold->thread || !hold_cpu_is_valid(cpu))
			return -EINVAL;
		return set_cpus_allowed_ptr(hold->thread, cpumask_of(cpu));
	case KILLIFY_ENTRIES:
		entries = atomic64_read(&hold->entries);
		return put_user(entries, (__u64 __user *)user);
	default:
		return -ENOTTY;
	}
}

#endif
