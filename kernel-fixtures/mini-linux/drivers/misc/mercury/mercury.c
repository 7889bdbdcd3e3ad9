// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a helper whose address is given away: who knows what calls it.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>

struct mercury_context {
	struct mutex lock;
	unsigned long pfn;
};

void mercury_set_hook(int (*hook)(struct mercury_context *context));
void mercury_start(void);

static int mercury_reserve(struct mercury_context *context)
{
	return mutex_lock_interruptible(&context->lock);
}

void mercury_start(void)
{
	mercury_set_hook(mercury_reserve);
}

static vm_fault_t mercury_fault(struct vm_fault *vmf)
{
	struct mercury_context *context = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (mercury_reserve(context))
		return VM_FAULT_NOPAGE;
	ret = vmf_insert_pfn(vmf->vma, vmf->address, context->pfn);
	mutex_unlock(&context->lock);
	return ret;
}

static const struct vm_operations_struct mercury_vm_ops = {
	.fault = mercury_fault,
};

static int mercury_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &mercury_vm_ops;
	return 0;
}

static const struct file_operations mercury_fops = {
	.mmap = mercury_mmap,
};

static struct miscdevice mercury_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "mercury",
	.fops = &mercury_fops,
};
module_misc_device(mercury_device);
MODULE_LICENSE("GPL");
