// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: names of functions at which the search stops. cadmium's own
 * flush_workbench() is none of them; idr_refill() of cadmium_pool.c is.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>

#include "cadmium.h"

static int flush_workbench(struct cadmium_context *context)
{
	return mutex_lock_interruptible(&context->lock);
}

static vm_fault_t cadmium_fault(struct vm_fault *vmf)
{
	struct cadmium_context *context = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (flush_workbench(context))
		return VM_FAULT_NOPAGE;
	ret = vmf_insert_pfn(vmf->vma, vmf->address, context->pfn);
	mutex_unlock(&context->lock);
	return ret;
}

static vm_fault_t cadmium_pfn_mkwrite(struct vm_fault *vmf)
{
	struct cadmium_context *context = vmf->vma->vm_private_data;

	return idr_refill(context) ? VM_FAULT_SIGBUS : 0;
}

static const struct vm_operations_struct cadmium_vm_ops = {
	.fault = cadmium_fault,
	.pfn_mkwrite = cadmium_pfn_mkwrite,
};

static int cadmium_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &cadmium_vm_ops;
	return 0;
}

static const struct file_operations cadmium_fops = {
	.mmap = cadmium_mmap,
};

static struct miscdevice cadmium_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "cadmium",
	.fops = &cadmium_fops,
};
module_misc_device(cadmium_device);
MODULE_LICENSE("GPL");
