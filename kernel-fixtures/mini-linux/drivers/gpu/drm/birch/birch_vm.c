// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: the handler of birch_drv.c's ops table, an external function.
 */
#include <linux/kernel.h>

#include "birch.h"

vm_fault_t birch_fault(struct vm_fault *vmf)
{
	struct birch_object *obj = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (mutex_lock_interruptible(&obj->lock))
		return VM_FAULT_NOPAGE;

	ret = vmf_insert_page(vmf->vma, vmf->address, obj->page);
	mutex_unlock(&obj->lock);

	return ret;
}
