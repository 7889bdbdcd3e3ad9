// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a handler that returns VM_FAULT_RETRY with mmap_lock held. The
 * caller takes the lock for released: a fatal signal does not end that well,
 * killable or not.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>

struct tarn_inode {
	struct mutex lock;
	unsigned long pfn;
};

static vm_fault_t tarn_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct tarn_inode *inode = vma->vm_private_data;
	vm_fault_t ret;

	if (mutex_lock_interruptible(&inode->lock))
		return VM_FAULT_RETRY;
	ret = vmf_insert_pfn(vma, vmf->address, inode->pfn);
	mutex_unlock(&inode->lock);
	return ret;
}

static const struct vm_operations_struct tarn_vm_ops = {
	.fault = tarn_fault,
};

static int tarn_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &tarn_vm_ops;
	return 0;
}

static const struct file_operations tarn_fops = {
	.mmap = tarn_mmap,
};

static struct miscdevice tarn_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "tarn",
	.fops = &tarn_fops,
};
module_misc_device(tarn_device);
MODULE_LICENSE("GPL");
