// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: down_interruptible() in the handler, its result assigned in the
 * condition.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/semaphore.h>

struct tuba_stream {
	struct semaphore access;
	unsigned long pfn;
};

static vm_fault_t tuba_fault(struct vm_fault *vmf)
{
	struct tuba_stream *stream = vmf->vma->vm_private_data;
	vm_fault_t ret;
	int err;

	if ((err = down_interruptible(&stream->access)) != 0)
		return vmf_error(err);
	ret = vmf_insert_pfn(vmf->vma, vmf->address, stream->pfn);
	up(&stream->access);
	return ret;
}

static const struct vm_operations_struct tuba_vm_ops = {
	.fault = tuba_fault,
};

static int tuba_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &tuba_vm_ops;
	return 0;
}

static const struct file_operations tuba_fops = {
	.mmap = tuba_mmap,
};

static struct miscdevice tuba_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "tuba",
	.fops = &tuba_fops,
};
module_misc_device(tuba_device);
MODULE_LICENSE("GPL");
