// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a handler that spatch loses without a word. The macro before the block
 * comes from a header and takes any number of arguments: it is neither a call
 * nor a loop to a parser that does not know it.
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

	with_ebony_power(power, obj) {
		ret = vmf_insert_pfn(vmf->vma, vmf->address, obj->pfn);
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
