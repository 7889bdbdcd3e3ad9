// SPDX-License-Identifier: GPL-2.0-only
#include <linux/reservation.h>

long reservation_object_wait_timeout_rcu(struct reservation_object *obj, bool wait_all, bool intr,
					 unsigned long timeout)
{
	return dma_fence_wait_timeout(obj->fence_excl, intr, timeout);
}
EXPORT_SYMBOL_GPL(reservation_object_wait_timeout_rcu);
