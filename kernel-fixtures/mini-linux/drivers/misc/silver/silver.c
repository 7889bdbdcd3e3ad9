// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: branches that an argument decides: the sleep is in the one that only
 * silver_fault() comes to.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>

struct silver_context {
	struct mutex lock;
	unsigned long pfn;
};

static int silver_enter(struct silver_context *context, bool interruptible)
{
	if (interruptible)
		return mutex_lock_interruptible(&context->lock);
	mutex_lock(&context->lock);
	return 0;
}

static vm_fault_t silver_fault(struct vm_fault *vmf)
{
	struct silver_context *context = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (silver_enter(context, true))
		return VM_FAULT_NOPAGE;
	ret = vmf_insert_pfn(vmf->vma, vmf->address, context->pfn);
	mutex_unlock(&context->lock);
	return ret;
}

static vm_fault_t silver_pfn_mkwrite(struct vm_fault *vmf)
{
	struct silver_context *context = vmf->vma->vm_private_data;

	if (silver_enter(context, false))
		return VM_FAULT_SIGBUS;
	mutex_unlock(&context->lock);
	return 0;
}

static const struct vm_operations_struct silver_vm_ops = {
	.fault = silver_fault,
	.pfn_mkwrite = silver_pfn_mkwrite,
};

static int silver_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &silver_vm_ops;
	return 0;
}

static const struct file_operations silver_fops = {
	.mmap = silver_mmap,
};

static struct miscdevice silver_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "silver",
	.fops = &silver_fops,
};
module_misc_device(silver_device);
MODULE_LICENSE("GPL");
