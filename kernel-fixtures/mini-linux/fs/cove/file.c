// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: page_mkwrite, beside a fault handler that is not the driver's own.
 * A signal makes it VM_FAULT_SIGBUS: a bus error that nobody caused.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/semaphore.h>

struct cove_inode {
	struct semaphore journal;
};

static vm_fault_t cove_page_mkwrite(struct vm_fault *vmf)
{
	struct cove_inode *inode = vmf->vma->vm_private_data;

	if (down_interruptible(&inode->journal))
		return VM_FAULT_SIGBUS;
	file_update_time(vmf->vma->vm_file);
	up(&inode->journal);

	lock_page(vmf->page);
	return VM_FAULT_LOCKED;
}

static const struct vm_operations_struct cove_vm_ops = {
	.fault = filemap_fault,
	.page_mkwrite = cove_page_mkwrite,
};

static int cove_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &cove_vm_ops;
	return 0;
}

static const struct file_operations cove_fops = {
	.mmap = cove_mmap,
};

static struct miscdevice cove_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "cove",
	.fops = &cove_fops,
};
module_misc_device(cove_device);
MODULE_LICENSE("GPL");
