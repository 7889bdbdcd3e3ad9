// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: signals blocked around the sleep, all but SIGKILL. It is in effect
 * killable and is left alone.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>

struct lagoon_inode {
	struct mutex caps;
	unsigned long pfn;
};

static void lagoon_block_signals(sigset_t *old)
{
	sigset_t mask;

	siginitsetinv(&mask, sigmask(SIGKILL));
	sigprocmask(SIG_BLOCK, &mask, old);
}

static void lagoon_restore_signals(sigset_t *old)
{
	sigprocmask(SIG_SETMASK, old, NULL);
}

static vm_fault_t lagoon_fault(struct vm_fault *vmf)
{
	struct lagoon_inode *inode = vmf->vma->vm_private_data;
	vm_fault_t ret = VM_FAULT_SIGBUS;
	sigset_t old;

	lagoon_block_signals(&old);
	if (!mutex_lock_interruptible(&inode->caps)) {
		ret = vmf_insert_pfn(vmf->vma, vmf->address, inode->pfn);
		mutex_unlock(&inode->caps);
	}
	lagoon_restore_signals(&old);
	return ret;
}

static const struct vm_operations_struct lagoon_vm_ops = {
	.fault = lagoon_fault,
};

static int lagoon_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &lagoon_vm_ops;
	return 0;
}

static const struct file_operations lagoon_fops = {
	.mmap = lagoon_mmap,
};

static struct miscdevice lagoon_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "lagoon",
	.fops = &lagoon_fops,
};
module_misc_device(lagoon_device);
MODULE_LICENSE("GPL");
