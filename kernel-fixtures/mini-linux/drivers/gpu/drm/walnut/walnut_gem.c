// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: mutex_lock_interruptible() in the body of the handler, which returns
 * VM_FAULT_NOPAGE when a signal is pending.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>

struct walnut_object {
	struct mutex lock; /* protects pages */
	struct page **pages;
};

struct page **walnut_get_pages(struct walnut_object *obj);

static vm_fault_t walnut_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct walnut_object *obj = vma->vm_private_data;
	struct page **pages;
	int err;

	/* The pages must not go while they are mapped. */
	err = mutex_lock_interruptible(&obj->lock);
	if (err)
		return VM_FAULT_NOPAGE;
	pages = walnut_get_pages(obj);
	mutex_unlock(&obj->lock);

	if (IS_ERR(pages))
		return vmf_error(PTR_ERR(pages));

	return vmf_insert_page(vma, vmf->address, pages[vmf->pgoff]);
}

static const struct vm_operations_struct walnut_vm_ops = {
	.fault = walnut_fault,
};

static int walnut_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &walnut_vm_ops;
	return 0;
}

static const struct file_operations walnut_fops = {
	.mmap = walnut_mmap,
};

static struct miscdevice walnut_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "walnut",
	.fops = &walnut_fops,
};
module_misc_device(walnut_device);
MODULE_LICENSE("GPL");
