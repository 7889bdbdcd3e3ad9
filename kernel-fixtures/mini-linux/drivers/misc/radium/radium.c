// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a function that two branches of an #ifdef define. One of them sleeps;
 * allmodconfig compiles it.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>

struct radium_context {
	struct mutex lock;
	unsigned long pfn;
};

#ifdef CONFIG_DEBUG_LOCK_ALLOC
static int radium_enter(struct radium_context *context)
{
	return mutex_lock_interruptible(&context->lock);
}
#else
static int radium_enter(struct radium_context *context)
{
	mutex_lock(&context->lock);
	return 0;
}
#endif

static vm_fault_t radium_fault(struct vm_fault *vmf)
{
	struct radium_context *context = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (radium_enter(context))
		return VM_FAULT_NOPAGE;
	ret = vmf_insert_pfn(vmf->vma, vmf->address, context->pfn);
	mutex_unlock(&context->lock);
	return ret;
}

static const struct vm_operations_struct radium_vm_ops = {
	.fault = radium_fault,
};

static int radium_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &radium_vm_ops;
	return 0;
}

static const struct file_operations radium_fops = {
	.mmap = radium_mmap,
};

static struct miscdevice radium_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "radium",
	.fops = &radium_fops,
};
module_misc_device(radium_device);
MODULE_LICENSE("GPL");
