// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a sleep nine calls deep. Nobody sees by the calls alone whether a fault
 * gets there. The other sleep is near.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>

struct tungsten_context {
	struct mutex lock;
	unsigned long pfn;
	int depth;
};

static int tungsten_lock(struct tungsten_context *context)
{
	return mutex_lock_interruptible(&context->lock);
}

static int tungsten_pool(struct tungsten_context *context)
{
	return context->depth ? tungsten_lock(context) : 0;
}

static int tungsten_page(struct tungsten_context *context)
{
	return context->depth ? tungsten_pool(context) : 0;
}

static int tungsten_chunk(struct tungsten_context *context)
{
	return context->depth ? tungsten_page(context) : 0;
}

static int tungsten_block(struct tungsten_context *context)
{
	return context->depth ? tungsten_chunk(context) : 0;
}

static int tungsten_range(struct tungsten_context *context)
{
	return context->depth ? tungsten_block(context) : 0;
}

static int tungsten_space(struct tungsten_context *context)
{
	return context->depth ? tungsten_range(context) : 0;
}

static int tungsten_room(struct tungsten_context *context)
{
	return context->depth ? tungsten_space(context) : 0;
}

static int tungsten_enter(struct tungsten_context *context)
{
	return mutex_lock_interruptible(&context->lock);
}

static vm_fault_t tungsten_fault(struct vm_fault *vmf)
{
	struct tungsten_context *context = vmf->vma->vm_private_data;

	if (tungsten_room(context))
		return VM_FAULT_NOPAGE;
	return vmf_insert_pfn(vmf->vma, vmf->address, context->pfn);
}

static vm_fault_t tungsten_pfn_mkwrite(struct vm_fault *vmf)
{
	struct tungsten_context *context = vmf->vma->vm_private_data;

	if (tungsten_enter(context))
		return VM_FAULT_NOPAGE;
	mutex_unlock(&context->lock);
	return 0;
}

static const struct vm_operations_struct tungsten_vm_ops = {
	.fault = tungsten_fault,
	.pfn_mkwrite = tungsten_pfn_mkwrite,
};

static int tungsten_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &tungsten_vm_ops;
	return 0;
}

static const struct file_operations tungsten_fops = {
	.mmap = tungsten_mmap,
};

static struct miscdevice tungsten_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "tungsten",
	.fops = &tungsten_fops,
};
module_misc_device(tungsten_device);
MODULE_LICENSE("GPL");
