// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a driver's own name for a primitive that has to be added first, behind
 * another such name. Nothing else calls them.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>

#include "juniper.h"

static vm_fault_t juniper_fault(struct vm_fault *vmf)
{
	struct juniper_object *obj = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (juniper_enter_interruptible(obj,
					JUNIPER_FAULT))
		return VM_FAULT_NOPAGE;
	ret = vmf_insert_pfn(vmf->vma, vmf->address, obj->pfn);
	ww_mutex_unlock(&obj->resv);
	return ret;
}

static const struct vm_operations_struct juniper_vm_ops = {
	.fault = juniper_fault,
};

static int juniper_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &juniper_vm_ops;
	return 0;
}

static const struct file_operations juniper_fops = {
	.mmap = juniper_mmap,
};

static struct miscdevice juniper_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "juniper",
	.fops = &juniper_fops,
};
module_misc_device(juniper_device);
MODULE_LICENSE("GPL");
