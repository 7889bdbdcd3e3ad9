// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: rt_mutex_lock_interruptible() in the handler, its result only tested.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/rtmutex.h>

struct brass_ring {
	struct rt_mutex lock;
	unsigned long pfn;
};

static vm_fault_t brass_fault(struct vm_fault *vmf)
{
	struct brass_ring *ring = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (rt_mutex_lock_interruptible(&ring->lock) != 0)
		return VM_FAULT_NOPAGE;
	ret = vmf_insert_pfn(vmf->vma, vmf->address, ring->pfn);
	rt_mutex_unlock(&ring->lock);
	return ret;
}

static const struct vm_operations_struct brass_vm_ops = {
	.fault = brass_fault,
};

static int brass_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &brass_vm_ops;
	return 0;
}

static const struct file_operations brass_fops = {
	.mmap = brass_mmap,
};

static struct miscdevice brass_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "brass",
	.fops = &brass_fops,
};
module_misc_device(brass_device);
MODULE_LICENSE("GPL");
