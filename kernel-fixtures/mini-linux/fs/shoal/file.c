// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: wait_on_bit() with a state as its argument. The wake-up side,
 * clear_and_wake_up_bit(), wakes sleepers of any kind.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/wait_bit.h>

#define SHOAL_READING 0

struct shoal_inode {
	unsigned long flags;
	unsigned long pfn;
};

void shoal_end_read(struct shoal_inode *inode);

void shoal_end_read(struct shoal_inode *inode)
{
	clear_and_wake_up_bit(SHOAL_READING, &inode->flags);
}

static vm_fault_t shoal_fault(struct vm_fault *vmf)
{
	struct shoal_inode *inode = vmf->vma->vm_private_data;

	if (wait_on_bit(&inode->flags, SHOAL_READING, TASK_INTERRUPTIBLE))
		return VM_FAULT_NOPAGE;

	return vmf_insert_pfn(vmf->vma, vmf->address, inode->pfn);
}

static const struct vm_operations_struct shoal_vm_ops = {
	.fault = shoal_fault,
};

static int shoal_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &shoal_vm_ops;
	return 0;
}

static const struct file_operations shoal_fops = {
	.mmap = shoal_mmap,
};

static struct miscdevice shoal_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "shoal",
	.fops = &shoal_fops,
};
module_misc_device(shoal_device);
MODULE_LICENSE("GPL");
