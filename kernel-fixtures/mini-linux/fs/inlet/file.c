// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a function that is passed on as an argument and called through the
 * parameter. One handler passes one that sleeps, the other one that does not.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>

struct inlet_inode {
	struct mutex lock;
	unsigned long pfn;
};

static int inlet_read(struct inlet_inode *inode)
{
	return mutex_lock_interruptible(&inode->lock);
}

static int inlet_try(struct inlet_inode *inode)
{
	return mutex_trylock(&inode->lock) ? 0 : -EBUSY;
}

static int inlet_fill(struct inlet_inode *inode, int (*filler)(struct inlet_inode *inode))
{
	int err = filler(inode);

	if (err)
		return err;
	inode->pfn++;
	mutex_unlock(&inode->lock);
	return 0;
}

static vm_fault_t inlet_fault(struct vm_fault *vmf)
{
	struct inlet_inode *inode = vmf->vma->vm_private_data;

	if (inlet_fill(inode, inlet_read))
		return VM_FAULT_NOPAGE;
	return vmf_insert_pfn(vmf->vma, vmf->address, inode->pfn);
}

static vm_fault_t inlet_pfn_mkwrite(struct vm_fault *vmf)
{
	struct inlet_inode *inode = vmf->vma->vm_private_data;

	return inlet_fill(inode, inlet_try) ? VM_FAULT_SIGBUS : 0;
}

static const struct vm_operations_struct inlet_vm_ops = {
	.fault = inlet_fault,
	.pfn_mkwrite = inlet_pfn_mkwrite,
};

static int inlet_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &inlet_vm_ops;
	return 0;
}

static const struct file_operations inlet_fops = {
	.mmap = inlet_mmap,
};

static struct miscdevice inlet_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "inlet",
	.fops = &inlet_fops,
};
module_misc_device(inlet_device);
MODULE_LICENSE("GPL");
