// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: an ops table made by a macro of a header, which gets the handler's
 * name as an argument.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>

#include "cedar_ops.h"

struct cedar_object {
	struct mutex lock;
	unsigned long pfn;
};

static vm_fault_t cedar_fault(struct vm_fault *vmf)
{
	struct cedar_object *obj = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (mutex_lock_interruptible(&obj->lock))
		return VM_FAULT_NOPAGE;
	ret = vmf_insert_pfn(vmf->vma, vmf->address, obj->pfn);
	mutex_unlock(&obj->lock);
	return ret;
}

DEFINE_CEDAR_VM_OPS(cedar_vm_ops, cedar_fault);

static int cedar_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &cedar_vm_ops;
	return 0;
}

static const struct file_operations cedar_fops = {
	.mmap = cedar_mmap,
};

static struct miscdevice cedar_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "cedar",
	.fops = &cedar_fops,
};
module_misc_device(cedar_device);
MODULE_LICENSE("GPL");
