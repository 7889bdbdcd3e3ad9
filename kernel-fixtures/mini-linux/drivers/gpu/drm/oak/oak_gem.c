// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: exported functions. Only handlers call oak_reserve(), here and in
 * holly; an ioctl of holly calls oak_lend(), too.
 */
#include <linux/export.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/oak.h>

int oak_reserve(struct oak_object *obj)
{
	return mutex_lock_interruptible(&obj->lock);
}
EXPORT_SYMBOL_GPL(oak_reserve);

int oak_lend(struct oak_object *obj)
{
	return mutex_lock_interruptible(&obj->lock);
}
EXPORT_SYMBOL_GPL(oak_lend);

static vm_fault_t oak_fault(struct vm_fault *vmf)
{
	struct oak_object *obj = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (oak_reserve(obj))
		return VM_FAULT_NOPAGE;
	ret = vmf_insert_pfn(vmf->vma, vmf->address, obj->pfn);
	mutex_unlock(&obj->lock);
	return ret;
}

static vm_fault_t oak_pfn_mkwrite(struct vm_fault *vmf)
{
	struct oak_object *obj = vmf->vma->vm_private_data;

	if (oak_lend(obj))
		return VM_FAULT_NOPAGE;
	mutex_unlock(&obj->lock);
	return 0;
}

static const struct vm_operations_struct oak_vm_ops = {
	.fault = oak_fault,
	.pfn_mkwrite = oak_pfn_mkwrite,
};

static int oak_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &oak_vm_ops;
	return 0;
}

static const struct file_operations oak_fops = {
	.mmap = oak_mmap,
};

static struct miscdevice oak_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "oak",
	.fops = &oak_fops,
};
module_misc_device(oak_device);
MODULE_LICENSE("GPL");
