// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: two sleeps of two kinds in one handler.
 */
#include <linux/completion.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>

struct bronze_buffer {
	struct mutex lock;
	struct completion filled;
	unsigned long pfn;
};

static vm_fault_t bronze_fault(struct vm_fault *vmf)
{
	struct bronze_buffer *buffer = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (mutex_lock_interruptible(&buffer->lock))
		return VM_FAULT_NOPAGE;
	if (wait_for_completion_interruptible(&buffer->filled)) {
		mutex_unlock(&buffer->lock);
		return VM_FAULT_NOPAGE;
	}
	ret = vmf_insert_pfn(vmf->vma, vmf->address, buffer->pfn);
	mutex_unlock(&buffer->lock);
	return ret;
}

static const struct vm_operations_struct bronze_vm_ops = {
	.fault = bronze_fault,
};

static int bronze_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &bronze_vm_ops;
	return 0;
}

static const struct file_operations bronze_fops = {
	.mmap = bronze_mmap,
};

static struct miscdevice bronze_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "bronze",
	.fops = &bronze_fops,
};
module_misc_device(bronze_device);
MODULE_LICENSE("GPL");
