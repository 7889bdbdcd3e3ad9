// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a primitive without a killable form in this tree,
 * ww_mutex_lock_interruptible(). It has to be added first.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/ww_mutex.h>

struct larch_object {
	struct ww_mutex resv;
	unsigned long pfn;
};

static vm_fault_t larch_fault(struct vm_fault *vmf)
{
	struct larch_object *obj = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (ww_mutex_lock_interruptible(&obj->resv, NULL))
		return VM_FAULT_NOPAGE;
	ret = vmf_insert_pfn(vmf->vma, vmf->address, obj->pfn);
	ww_mutex_unlock(&obj->resv);
	return ret;
}

static const struct vm_operations_struct larch_vm_ops = {
	.fault = larch_fault,
};

static int larch_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &larch_vm_ops;
	return 0;
}

static const struct file_operations larch_fops = {
	.mmap = larch_mmap,
};

static struct miscdevice larch_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "larch",
	.fops = &larch_fops,
};
module_misc_device(larch_device);
MODULE_LICENSE("GPL");
