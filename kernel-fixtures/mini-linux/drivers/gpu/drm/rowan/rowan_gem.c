// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a static helper that two handlers share and nobody else calls.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>

struct rowan_object {
	struct mutex lock;
	unsigned long pfn;
	bool dirty;
};

static int rowan_reserve(struct rowan_object *obj)
{
	int ret;

	ret = mutex_lock_interruptible(&obj->lock);
	if (ret)
		return ret;
	obj->dirty = true;
	return 0;
}

static vm_fault_t rowan_fault(struct vm_fault *vmf)
{
	struct rowan_object *obj = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (rowan_reserve(obj))
		return VM_FAULT_NOPAGE;
	ret = vmf_insert_pfn(vmf->vma, vmf->address, obj->pfn);
	mutex_unlock(&obj->lock);
	return ret;
}

static vm_fault_t rowan_pfn_mkwrite(struct vm_fault *vmf)
{
	struct rowan_object *obj = vmf->vma->vm_private_data;
	int err;

	err = rowan_reserve(obj);
	if (err)
		return VM_FAULT_NOPAGE;
	mutex_unlock(&obj->lock);
	return 0;
}

static const struct vm_operations_struct rowan_vm_ops = {
	.fault = rowan_fault,
	.pfn_mkwrite = rowan_pfn_mkwrite,
};

static int rowan_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &rowan_vm_ops;
	return 0;
}

static const struct file_operations rowan_fops = {
	.mmap = rowan_mmap,
};

static struct miscdevice rowan_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "rowan",
	.fops = &rowan_fops,
};
module_misc_device(rowan_device);
MODULE_LICENSE("GPL");
