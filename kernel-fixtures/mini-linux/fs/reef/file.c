// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: goto error paths with a vm_fault_t that holds the result beforehand.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/rwsem.h>

struct reef_inode {
	struct rw_semaphore truncate_lock;
	loff_t size;
	struct page *page;
};

struct page *reef_find_page(struct reef_inode *inode, pgoff_t index);

static vm_fault_t reef_fault(struct vm_fault *vmf)
{
	struct reef_inode *inode = vmf->vma->vm_private_data;
	vm_fault_t ret = VM_FAULT_NOPAGE;
	struct page *page;

	if (down_read_interruptible(&inode->truncate_lock))
		goto out;

	if ((loff_t)vmf->pgoff << PAGE_SHIFT >= inode->size) {
		ret = VM_FAULT_SIGBUS;
		goto out_unlock;
	}

	page = reef_find_page(inode, vmf->pgoff);
	if (IS_ERR(page)) {
		ret = vmf_error(PTR_ERR(page));
		goto out_unlock;
	}
	vmf->page = page;
	ret = 0;

out_unlock:
	up_read(&inode->truncate_lock);
out:
	return ret;
}

static const struct vm_operations_struct reef_vm_ops = {
	.fault = reef_fault,
};

static int reef_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &reef_vm_ops;
	return 0;
}

static const struct file_operations reef_fops = {
	.mmap = reef_mmap,
};

static struct miscdevice reef_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "reef",
	.fops = &reef_fops,
};
module_misc_device(reef_device);
MODULE_LICENSE("GPL");
