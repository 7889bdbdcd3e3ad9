// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a function of this file has the name of one in acacia_display.c: each
 * file means its own. This one sleeps, in an inline function of acacia.h.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>

#include "acacia.h"

static int acacia_reserve(struct acacia_object *obj)
{
	return acacia_begin(obj);
}

static vm_fault_t acacia_fault(struct vm_fault *vmf)
{
	struct acacia_object *obj = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (acacia_reserve(obj))
		return VM_FAULT_NOPAGE;
	ret = vmf_insert_pfn(vmf->vma, vmf->address, obj->pfn);
	acacia_end(obj);
	return ret;
}

static const struct vm_operations_struct acacia_vm_ops = {
	.fault = acacia_fault,
};

static int acacia_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &acacia_vm_ops;
	return 0;
}

static const struct file_operations acacia_fops = {
	.mmap = acacia_mmap,
};

static struct miscdevice acacia_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "acacia",
	.fops = &acacia_fops,
};
module_misc_device(acacia_device);
MODULE_LICENSE("GPL");
