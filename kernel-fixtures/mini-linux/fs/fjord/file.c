// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a handler that drops mmap_lock before it sleeps. VM_FAULT_RETRY says
 * so to the caller and stays.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>

struct fjord_inode {
	struct mutex lock;
	unsigned long pfn;
};

static vm_fault_t fjord_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct fjord_inode *inode = vma->vm_private_data;
	vm_fault_t ret;

	if (!mutex_trylock(&inode->lock)) {
		if (!(vmf->flags & FAULT_FLAG_ALLOW_RETRY))
			return VM_FAULT_SIGBUS;
		mmap_read_unlock(vma->vm_mm);
		if (mutex_lock_interruptible(&inode->lock))
			return VM_FAULT_RETRY;
		mutex_unlock(&inode->lock);
		return VM_FAULT_RETRY;
	}

	ret = vmf_insert_pfn(vma, vmf->address, inode->pfn);
	mutex_unlock(&inode->lock);
	return ret;
}

static const struct vm_operations_struct fjord_vm_ops = {
	.fault = fjord_fault,
};

static int fjord_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &fjord_vm_ops;
	return 0;
}

static const struct file_operations fjord_fops = {
	.mmap = fjord_mmap,
};

static struct miscdevice fjord_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "fjord",
	.fops = &fjord_fops,
};
module_misc_device(fjord_device);
MODULE_LICENSE("GPL");
