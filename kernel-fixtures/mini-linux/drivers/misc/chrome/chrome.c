// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a driver's own macros: one leads to a sleep, the other does not.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>

struct chrome_context {
	struct mutex lock;
	unsigned long pfn;
};

#define chrome_enter(context) chrome_lock(&(context)->lock)
#define chrome_try(context) (mutex_trylock(&(context)->lock) ? 0 : -EBUSY)

static int chrome_lock(struct mutex *lock)
{
	return mutex_lock_interruptible(lock);
}

static vm_fault_t chrome_fault(struct vm_fault *vmf)
{
	struct chrome_context *context = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (chrome_enter(context))
		return VM_FAULT_NOPAGE;
	ret = vmf_insert_pfn(vmf->vma, vmf->address, context->pfn);
	mutex_unlock(&context->lock);
	return ret;
}

static vm_fault_t chrome_pfn_mkwrite(struct vm_fault *vmf)
{
	struct chrome_context *context = vmf->vma->vm_private_data;

	if (chrome_try(context))
		return VM_FAULT_SIGBUS;
	mutex_unlock(&context->lock);
	return 0;
}

static const struct vm_operations_struct chrome_vm_ops = {
	.fault = chrome_fault,
	.pfn_mkwrite = chrome_pfn_mkwrite,
};

static int chrome_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &chrome_vm_ops;
	return 0;
}

static const struct file_operations chrome_fops = {
	.mmap = chrome_mmap,
};

static struct miscdevice chrome_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "chrome",
	.fops = &chrome_fops,
};
module_misc_device(chrome_device);
MODULE_LICENSE("GPL");
