// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: signals that are blocked, and let in again before the sleep; lagoon is
 * the twin.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>

struct estuary_inode {
	struct mutex caps;
	unsigned long pfn;
};

static void estuary_block_signals(sigset_t *old)
{
	sigset_t mask;

	siginitsetinv(&mask, sigmask(SIGKILL));
	sigprocmask(SIG_BLOCK, &mask, old);
}

static void estuary_restore_signals(sigset_t *old)
{
	sigprocmask(SIG_SETMASK, old, NULL);
}

static vm_fault_t estuary_fault(struct vm_fault *vmf)
{
	struct estuary_inode *inode = vmf->vma->vm_private_data;
	vm_fault_t ret;
	sigset_t old;

	estuary_block_signals(&old);
	file_update_time(vmf->vma->vm_file);
	estuary_restore_signals(&old);
	if (mutex_lock_interruptible(&inode->caps))
		return VM_FAULT_NOPAGE;
	ret = vmf_insert_pfn(vmf->vma, vmf->address, inode->pfn);
	mutex_unlock(&inode->caps);
	return ret;
}

static const struct vm_operations_struct estuary_vm_ops = {
	.fault = estuary_fault,
};

static int estuary_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &estuary_vm_ops;
	return 0;
}

static const struct file_operations estuary_fops = {
	.mmap = estuary_mmap,
};

static struct miscdevice estuary_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "estuary",
	.fops = &estuary_fops,
};
module_misc_device(estuary_device);
MODULE_LICENSE("GPL");
