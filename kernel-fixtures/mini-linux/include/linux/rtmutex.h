/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_RTMUTEX_H
#define _LINUX_RTMUTEX_H

#include <linux/types.h>

struct rt_mutex {
	unsigned long owner;
};

void rt_mutex_init(struct rt_mutex *lock);
void rt_mutex_lock(struct rt_mutex *lock);
int rt_mutex_lock_interruptible(struct rt_mutex *lock);
int rt_mutex_lock_killable(struct rt_mutex *lock);
void rt_mutex_unlock(struct rt_mutex *lock);

#endif /* _LINUX_RTMUTEX_H */
