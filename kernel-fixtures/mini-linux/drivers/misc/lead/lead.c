// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a sleep in one branch of an #ifdef and another in the other branch.
 * A configuration compiles only one of them.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/semaphore.h>

struct lead_buffer {
	struct mutex lock;
	struct semaphore slots;
	unsigned long pfn;
};

static vm_fault_t lead_fault(struct vm_fault *vmf)
{
	struct lead_buffer *buffer = vmf->vma->vm_private_data;
	vm_fault_t ret;

#ifdef CONFIG_MISC_LEAD_SLOTS
	if (down_interruptible(&buffer->slots))
		return VM_FAULT_NOPAGE;
#else
	if (mutex_lock_interruptible(&buffer->lock))
		return VM_FAULT_NOPAGE;
#endif

	ret = vmf_insert_pfn(vmf->vma, vmf->address, buffer->pfn);

#ifdef CONFIG_MISC_LEAD_SLOTS
	up(&buffer->slots);
#else
	mutex_unlock(&buffer->lock);
#endif
	return ret;
}

static const struct vm_operations_struct lead_vm_ops = {
	.fault = lead_fault,
};

static int lead_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &lead_vm_ops;
	return 0;
}

static const struct file_operations lead_fops = {
	.mmap = lead_mmap,
};

static struct miscdevice lead_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "lead",
	.fops = &lead_fops,
};
module_misc_device(lead_device);
MODULE_LICENSE("GPL");
