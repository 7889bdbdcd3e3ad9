// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: handlers that do not sleep, and are wrong all the same. bight_fault() spins
 * until a lock is free; bight_page_mkwrite() returns what counts as success;
 * bight_huge_fault() has a way out that leaves signals blocked.
 * bight_pfn_mkwrite() is innocent: it takes away what bight_pin() has to have for a
 * retry.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>

struct bight_inode {
	struct mutex lock;
	unsigned long pfn;
};

static void bight_block_signals(sigset_t *old)
{
	sigset_t mask;

	siginitsetinv(&mask, sigmask(SIGKILL));
	sigprocmask(SIG_BLOCK, &mask, old);
}

static void bight_restore_signals(sigset_t *old)
{
	sigprocmask(SIG_SETMASK, old, NULL);
}

static vm_fault_t bight_pin(struct vm_fault *vmf)
{
	struct bight_inode *inode = vmf->vma->vm_private_data;

	if (mutex_trylock(&inode->lock))
		return 0;
	return vmf->flags & FAULT_FLAG_ALLOW_RETRY ? VM_FAULT_RETRY : VM_FAULT_SIGBUS;
}

static vm_fault_t bight_fault(struct vm_fault *vmf)
{
	struct bight_inode *inode = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (!mutex_trylock(&inode->lock))
		return VM_FAULT_NOPAGE;
	ret = vmf_insert_pfn(vmf->vma, vmf->address, inode->pfn);
	mutex_unlock(&inode->lock);
	return ret;
}

static vm_fault_t bight_huge_fault(struct vm_fault *vmf, enum page_entry_size pe_size)
{
	struct bight_inode *inode = vmf->vma->vm_private_data;
	sigset_t old;

	bight_block_signals(&old);
	if (!inode)
		return VM_FAULT_SIGBUS;
	bight_restore_signals(&old);
	return VM_FAULT_FALLBACK;
}

static vm_fault_t bight_page_mkwrite(struct vm_fault *vmf)
{
	return bight_pin(vmf);
}

static vm_fault_t bight_pfn_mkwrite(struct vm_fault *vmf)
{
	vmf->flags &= ~FAULT_FLAG_ALLOW_RETRY;
	return bight_pin(vmf);
}

static const struct vm_operations_struct bight_vm_ops = {
	.fault = bight_fault,
	.huge_fault = bight_huge_fault,
	.page_mkwrite = bight_page_mkwrite,
	.pfn_mkwrite = bight_pfn_mkwrite,
};

static int bight_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &bight_vm_ops;
	return 0;
}

static const struct file_operations bight_fops = {
	.mmap = bight_mmap,
};

static struct miscdevice bight_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "bight",
	.fops = &bight_fops,
};
module_misc_device(bight_device);
MODULE_LICENSE("GPL");
