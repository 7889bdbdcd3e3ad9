// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the handlers are called. --strategy=scope lets only fatal signals
 * interrupt what they do for a fault that does not come from user mode.
 */

#include <linux/mm.h>
#include <linux/sched/signal.h>

static vm_fault_t __handle_mm_fault(struct vm_area_struct *vma, unsigned long address,
				    unsigned int flags)
{
	struct vm_fault vmf = {
		.vma = vma,
		.address = address,
		.flags = flags,
	};

	if (!vma->vm_ops || !vma->vm_ops->fault)
		return VM_FAULT_SIGBUS;
	return vma->vm_ops->fault(&vmf);
}

/*
 * By the time we get here, mmap_lock is held.
 */
vm_fault_t handle_mm_fault(struct vm_area_struct *vma, unsigned long address, unsigned int flags,
			   struct pt_regs *regs)
{
	vm_fault_t ret;

	__set_current_state(TASK_RUNNING);

	if (address < vma->vm_start) {
		ret = VM_FAULT_SIGSEGV;
		goto out;
	}

	if (is_vm_hugetlb_page(vma))
		ret = hugetlb_fault(vma->vm_mm, vma, address, flags);
	else
		ret = __handle_mm_fault(vma, address, flags);
out:
	mm_account_fault(vma->vm_mm, regs, address, flags, ret);
	return ret;
}
