/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ACACIA_H
#define _ACACIA_H

#include <linux/mutex.h>

struct acacia_object {
	struct mutex lock;
	unsigned long pfn;
};

extern const struct vm_operations_struct acacia_display_vm_ops;

static inline int acacia_begin(struct acacia_object *obj)
{
	return mutex_lock_interruptible(&obj->lock);
}

static inline void acacia_end(struct acacia_object *obj)
{
	mutex_unlock(&obj->lock);
}

#endif /* _ACACIA_H */
