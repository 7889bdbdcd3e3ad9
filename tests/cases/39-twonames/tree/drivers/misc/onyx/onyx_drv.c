// SPDX-License-Identifier: GPL-2.0-only
/* The other driver has functions of the same names, in a module of its own. */
#include <linux/miscdevice.h>
#include <linux/module.h>
#include "onyx.h"

static const struct vm_operations_struct onyx_vm_ops = {
	.fault = gem_fault,
};

static int onyx_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &onyx_vm_ops;
	return 0;
}

static long onyx_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct gem_object *obj = file->private_data;

	if (gem_lock(obj))
		return -EINTR;
	mutex_unlock(&obj->lock);
	return 0;
}

static const struct file_operations onyx_fops = {
	.mmap = onyx_mmap,
	.unlocked_ioctl = onyx_ioctl,
};

static struct miscdevice onyx_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "onyx",
	.fops = &onyx_fops,
};
module_misc_device(onyx_device);
MODULE_LICENSE("GPL");
