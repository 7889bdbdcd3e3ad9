// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a completion with a timeout. 0 says that the time is over and keeps
 * its own return; only the negative result is a signal.
 */
#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>

struct copper_buffer {
	struct completion filled;
	unsigned long pfn;
};

static vm_fault_t copper_fault(struct vm_fault *vmf)
{
	struct copper_buffer *buffer = vmf->vma->vm_private_data;
	long left;

	left = wait_for_completion_interruptible_timeout(&buffer->filled,
							 msecs_to_jiffies(500));
	if (left < 0)
		return VM_FAULT_NOPAGE;
	if (left == 0)
		return VM_FAULT_OOM;

	return vmf_insert_pfn(vmf->vma, vmf->address, buffer->pfn);
}

static const struct vm_operations_struct copper_vm_ops = {
	.fault = copper_fault,
};

static int copper_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &copper_vm_ops;
	return 0;
}

static const struct file_operations copper_fops = {
	.mmap = copper_mmap,
};

static struct miscdevice copper_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "copper",
	.fops = &copper_fops,
};
module_misc_device(copper_device);
MODULE_LICENSE("GPL");
