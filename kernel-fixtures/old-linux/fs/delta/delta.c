// SPDX-License-Identifier: GPL-2.0-only
/* Ceph: signals are blocked around the sleep, and blocking them is none. */
#include <linux/mm.h>
#include <linux/mutex.h>

static void delta_block_sigs(sigset_t *oldset)
{
	sigset_t mask;

	siginitsetinv(&mask, sigmask(SIGKILL));
	sigprocmask(SIG_BLOCK, &mask, oldset);
}

static void delta_restore_sigs(sigset_t *oldset)
{
	sigprocmask(SIG_SETMASK, oldset, NULL);
}

static int delta_fault(struct vm_fault *vmf)
{
	struct mutex *lock = vmf->vma->vm_private_data;
	sigset_t oldset;
	int ret = VM_FAULT_NOPAGE;

	delta_block_sigs(&oldset);
	if (mutex_lock_interruptible(lock))
		ret = VM_FAULT_SIGBUS;
	else
		mutex_unlock(lock);
	delta_restore_sigs(&oldset);
	return ret;
}

static int delta_page_mkwrite(struct vm_fault *vmf)
{
	sigset_t oldset;

	delta_block_sigs(&oldset);
	delta_restore_sigs(&oldset);
	return 0;
}

static const struct vm_operations_struct delta_ops = {
	.fault = delta_fault,
	.page_mkwrite = delta_page_mkwrite,
};
