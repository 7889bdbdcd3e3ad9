/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef OPAL_H
#define OPAL_H

#include <linux/mm.h>
#include <linux/mutex.h>

struct gem_object {
	struct mutex lock;
	unsigned long pfn;
};

int gem_lock(struct gem_object *obj);
vm_fault_t gem_fault(struct vm_fault *vmf);

#endif
