/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _JUNIPER_H
#define _JUNIPER_H

#include <linux/ww_mutex.h>

#define JUNIPER_FAULT 1

struct juniper_object {
	struct ww_mutex resv;
	unsigned long pfn;
};

static inline int __must_check
juniper_lock_interruptible(struct juniper_object *obj)
{
	return ww_mutex_lock_interruptible(&obj->resv, NULL);
}

/* Takes the object, unless interrupted by a signal. */
static inline int __must_check
juniper_enter_interruptible(struct juniper_object *obj, int why)
{
	return juniper_lock_interruptible(obj);
}

#endif /* _JUNIPER_H */
