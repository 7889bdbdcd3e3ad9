// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a primitive without a killable form in this tree that is a macro,
 * dma_resv_lock_interruptible(). The site waits for somebody to write one.
 */
#include <linux/dma-resv.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>

struct sequoia_object {
	struct dma_resv resv;
	unsigned long pfn;
};

static vm_fault_t sequoia_fault(struct vm_fault *vmf)
{
	struct sequoia_object *obj = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (dma_resv_lock_interruptible(&obj->resv, NULL))
		return VM_FAULT_NOPAGE;
	ret = vmf_insert_pfn(vmf->vma, vmf->address, obj->pfn);
	dma_resv_unlock(&obj->resv);
	return ret;
}

static const struct vm_operations_struct sequoia_vm_ops = {
	.fault = sequoia_fault,
};

static int sequoia_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &sequoia_vm_ops;
	return 0;
}

static const struct file_operations sequoia_fops = {
	.mmap = sequoia_mmap,
};

static struct miscdevice sequoia_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "sequoia",
	.fops = &sequoia_fops,
};
module_misc_device(sequoia_device);
MODULE_LICENSE("GPL");
