/* SPDX-License-Identifier: GPL-2.0-only */
/* What became struct dma_resv in 5.4. */
#ifndef _LINUX_RESERVATION_H
#define _LINUX_RESERVATION_H

#include <linux/dma-fence.h>
#include <linux/mutex.h>

struct reservation_object {
	struct mutex lock;
	struct dma_fence *fence_excl;
};

static inline int reservation_object_lock_interruptible(struct reservation_object *obj)
{
	return mutex_lock_interruptible(&obj->lock);
}

static inline void reservation_object_unlock(struct reservation_object *obj)
{
	mutex_unlock(&obj->lock);
}

long reservation_object_wait_timeout_rcu(struct reservation_object *obj, bool wait_all, bool intr,
					 unsigned long timeout);

#endif
