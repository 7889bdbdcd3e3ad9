// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a function that no page fault reaches, and whose flag becomes a task
 * state only where a series file names it.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>

#include "platinum.h"

/**
 * platinum_drain - empty a tank
 * @tank: the tank
 * @intr: whether a signal may end the wait for it
 */
int platinum_drain(struct platinum_tank *tank, bool intr)
{
	int ret = 0;

	if (intr)
		ret = mutex_lock_interruptible(&tank->lock);
	else
		mutex_lock(&tank->lock);
	if (ret)
		return ret;
	tank->pfn = 0;
	mutex_unlock(&tank->lock);
	return 0;
}
EXPORT_SYMBOL_GPL(platinum_drain);

static long platinum_ioctl(struct file *file, unsigned int cmd,
			   unsigned long arg)
{
	return platinum_drain(file->private_data, true);
}

static int platinum_open(struct inode *inode, struct file *file)
{
	return platinum_drain(file->private_data, false);
}

static vm_fault_t platinum_fault(struct vm_fault *vmf)
{
	struct platinum_tank *tank = vmf->vma->vm_private_data;

	return vmf_insert_pfn(vmf->vma, vmf->address, READ_ONCE(tank->pfn));
}

static const struct vm_operations_struct platinum_vm_ops = {
	.fault = platinum_fault,
};

static int platinum_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &platinum_vm_ops;
	return 0;
}

static const struct file_operations platinum_fops = {
	.mmap = platinum_mmap,
	.unlocked_ioctl = platinum_ioctl,
	.open = platinum_open,
};

static struct miscdevice platinum_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "platinum",
	.fops = &platinum_fops,
};
module_misc_device(platinum_device);
MODULE_LICENSE("GPL");
