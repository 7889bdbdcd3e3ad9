// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a handler that another file of the driver defines; the ops table and
 * the handler meet only through the header. See birch_vm.c.
 */
#include <linux/miscdevice.h>
#include <linux/module.h>

#include "birch.h"

static const struct vm_operations_struct birch_vm_ops = {
	.fault = birch_fault,
};

static int birch_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &birch_vm_ops;
	return 0;
}

static const struct file_operations birch_fops = {
	.mmap = birch_mmap,
};

static struct miscdevice birch_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "birch",
	.fops = &birch_fops,
};
module_misc_device(birch_device);
MODULE_LICENSE("GPL");
