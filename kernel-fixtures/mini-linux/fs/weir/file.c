// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: VM_FAULT_RETRY from page_mkwrite and pfn_mkwrite, which the core takes for
 * success. From fault it ends the fault, as mmap_lock was dropped.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>

struct weir_inode {
	struct mutex gate;
	struct mutex map;
	struct mutex pool;
};

static vm_fault_t weir_fault(struct vm_fault *vmf)
{
	struct weir_inode *inode = vmf->vma->vm_private_data;

	if (!(vmf->flags & FAULT_FLAG_ALLOW_RETRY))
		return VM_FAULT_SIGBUS;
	mmap_read_unlock(vmf->vma->vm_mm);
	if (!mutex_lock_interruptible(&inode->pool))
		mutex_unlock(&inode->pool);
	return VM_FAULT_RETRY;
}

static vm_fault_t weir_page_mkwrite(struct vm_fault *vmf)
{
	struct weir_inode *inode = vmf->vma->vm_private_data;

	if (mutex_lock_interruptible(&inode->gate))
		return VM_FAULT_RETRY;
	mutex_unlock(&inode->gate);
	return VM_FAULT_LOCKED;
}

static vm_fault_t weir_pfn_mkwrite(struct vm_fault *vmf)
{
	struct weir_inode *inode = vmf->vma->vm_private_data;

	mmap_read_unlock(vmf->vma->vm_mm);
	if (mutex_lock_interruptible(&inode->map))
		return VM_FAULT_RETRY;
	mutex_unlock(&inode->map);
	return VM_FAULT_RETRY;
}

static const struct vm_operations_struct weir_vm_ops = {
	.fault = weir_fault,
	.page_mkwrite = weir_page_mkwrite,
	.pfn_mkwrite = weir_pfn_mkwrite,
};

static int weir_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &weir_vm_ops;
	return 0;
}

static const struct file_operations weir_fops = {
	.mmap = weir_mmap,
};

static struct miscdevice weir_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "weir",
	.fops = &weir_fops,
};
module_misc_device(weir_device);
MODULE_LICENSE("GPL");
