// SPDX-License-Identifier: GPL-2.0-only
#include "onyx.h"

int gem_lock(struct gem_object *obj)
{
	return mutex_lock_interruptible(&obj->lock);
}

vm_fault_t gem_fault(struct vm_fault *vmf)
{
	struct gem_object *obj = vmf->vma->vm_private_data;

	if (gem_lock(obj))
		return VM_FAULT_NOPAGE;
	mutex_unlock(&obj->lock);
	return VM_FAULT_SIGBUS;
}
