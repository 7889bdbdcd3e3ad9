// SPDX-License-Identifier: GPL-2.0-only
/* The other driver has functions of the same names, in a module of its own. */
#include <linux/miscdevice.h>
#include <linux/module.h>
#include "opal.h"

static const struct vm_operations_struct opal_vm_ops = {
	.fault = gem_fault,
};

static int opal_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &opal_vm_ops;
	return 0;
}

static const struct file_operations opal_fops = {
	.mmap = opal_mmap,
};

static struct miscdevice opal_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "opal",
	.fops = &opal_fops,
};
module_misc_device(opal_device);
MODULE_LICENSE("GPL");
