// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a handler that is right already: mutex_lock_killable(), and
 * VM_FAULT_SIGBUS for a fatal signal.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>

struct atoll_inode {
	struct mutex lock;
	unsigned long pfn;
};

static vm_fault_t atoll_fault(struct vm_fault *vmf)
{
	struct atoll_inode *inode = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (mutex_lock_killable(&inode->lock))
		return VM_FAULT_SIGBUS;
	ret = vmf_insert_pfn(vmf->vma, vmf->address, inode->pfn);
	mutex_unlock(&inode->lock);
	return ret;
}

static const struct vm_operations_struct atoll_vm_ops = {
	.fault = atoll_fault,
};

static int atoll_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &atoll_vm_ops;
	return 0;
}

static const struct file_operations atoll_fops = {
	.mmap = atoll_mmap,
};

static struct miscdevice atoll_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "atoll",
	.fops = &atoll_fops,
};
module_misc_device(atoll_device);
MODULE_LICENSE("GPL");
