// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a handler that comes to a function of another driver: see oak.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/oak.h>

static vm_fault_t holly_fault(struct vm_fault *vmf)
{
	struct oak_object *obj = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (oak_reserve(obj))
		return VM_FAULT_NOPAGE;
	ret = vmf_insert_pfn(vmf->vma, vmf->address, obj->pfn);
	mutex_unlock(&obj->lock);
	return ret;
}

static long holly_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct oak_object *obj = file->private_data;
	int ret;

	ret = oak_lend(obj);
	if (ret)
		return ret;
	obj->pfn = arg;
	mutex_unlock(&obj->lock);
	return 0;
}

static const struct vm_operations_struct holly_vm_ops = {
	.fault = holly_fault,
};

static int holly_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &holly_vm_ops;
	return 0;
}

static const struct file_operations holly_fops = {
	.mmap = holly_mmap,
	.unlocked_ioctl = holly_ioctl,
};

static struct miscdevice holly_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "holly",
	.fops = &holly_fops,
};
module_misc_device(holly_device);
MODULE_LICENSE("GPL");
