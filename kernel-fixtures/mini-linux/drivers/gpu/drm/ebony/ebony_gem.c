// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a handler that spatch loses without a word. The macro of a header
 * brings the parentheses of a condition along.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>

#include "ebony.h"

static vm_fault_t ebony_fault(struct vm_fault *vmf)
{
	struct ebony_object *obj = vmf->vma->vm_private_data;
	vm_fault_t ret = VM_FAULT_SIGBUS;
	int power;

	if (mutex_lock_interruptible(&obj->lock))
		return VM_FAULT_NOPAGE;

	if EBONY_HAS_POWER(power, obj) {
		ret = vmf_insert_pfn(vmf->vma, vmf->address, obj->pfn);
		ebony_power_put(obj, power);
	}

	mutex_unlock(&obj->lock);
	return ret;
}

static const struct vm_operations_struct ebony_vm_ops = {
	.fault = ebony_fault,
};

static int ebony_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &ebony_vm_ops;
	return 0;
}

static const struct file_operations ebony_fops = {
	.mmap = ebony_mmap,
};

static struct miscdevice ebony_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "ebony",
	.fops = &ebony_fops,
};
module_misc_device(ebony_device);
MODULE_LICENSE("GPL");
