// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: ops copied from those that are there, with the fault field replaced
 * by an assignment.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>

struct aspen_object {
	struct mutex lock;
	unsigned long pfn;
};

int aspen_core_mmap(struct file *file, struct vm_area_struct *vma);

static struct vm_operations_struct aspen_vm_ops;

static vm_fault_t aspen_fault(struct vm_fault *vmf)
{
	struct aspen_object *obj = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (mutex_lock_interruptible(&obj->lock))
		return VM_FAULT_NOPAGE;
	ret = vmf_insert_pfn(vmf->vma, vmf->address, obj->pfn);
	mutex_unlock(&obj->lock);
	return ret;
}

static int aspen_mmap(struct file *file, struct vm_area_struct *vma)
{
	int ret;

	ret = aspen_core_mmap(file, vma);
	if (ret)
		return ret;
	if (!aspen_vm_ops.fault) {
		aspen_vm_ops = *vma->vm_ops;
		aspen_vm_ops.fault = aspen_fault;
	}
	vma->vm_ops = &aspen_vm_ops;
	return 0;
}

static const struct file_operations aspen_fops = {
	.mmap = aspen_mmap,
};

static struct miscdevice aspen_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "aspen",
	.fops = &aspen_fops,
};
module_misc_device(aspen_device);
MODULE_LICENSE("GPL");
