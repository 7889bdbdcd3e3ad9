// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: the state of a sleep. strait_fault() takes it from the fault's own flags,
 * which is right; strait_page_mkwrite() names one, through a parameter.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/wait.h>

struct strait_inode {
	wait_queue_head_t settled;
	bool moving;
	unsigned long pfn;
};

static unsigned int strait_state(enum fault_flag flags)
{
	if (flags & FAULT_FLAG_INTERRUPTIBLE)
		return TASK_INTERRUPTIBLE;
	if (flags & FAULT_FLAG_KILLABLE)
		return TASK_KILLABLE;
	return TASK_UNINTERRUPTIBLE;
}

static bool strait_wait(struct strait_inode *inode, unsigned int state)
{
	DEFINE_WAIT(wait);

	prepare_to_wait(&inode->settled, &wait, state);
	if (READ_ONCE(inode->moving))
		schedule();
	finish_wait(&inode->settled, &wait);
	return READ_ONCE(inode->moving);
}

static vm_fault_t strait_fault(struct vm_fault *vmf)
{
	struct strait_inode *inode = vmf->vma->vm_private_data;

	if (strait_wait(inode, strait_state(vmf->flags)))
		return VM_FAULT_NOPAGE;
	return vmf_insert_pfn(vmf->vma, vmf->address, inode->pfn);
}

static vm_fault_t strait_page_mkwrite(struct vm_fault *vmf)
{
	struct strait_inode *inode = vmf->vma->vm_private_data;

	return strait_wait(inode, TASK_INTERRUPTIBLE) ? VM_FAULT_NOPAGE : 0;
}

static const struct vm_operations_struct strait_vm_ops = {
	.fault = strait_fault,
	.page_mkwrite = strait_page_mkwrite,
};

static int strait_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &strait_vm_ops;
	return 0;
}

static const struct file_operations strait_fops = {
	.mmap = strait_mmap,
};

static struct miscdevice strait_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "strait",
	.fops = &strait_fops,
};
module_misc_device(strait_device);
MODULE_LICENSE("GPL");
