// SPDX-License-Identifier: GPL-2.0-only
/* For two kernels: the handler has another head, and the table another field. */
#include <linux/mm.h>
#include <linux/mutex.h>

struct rowan {
	struct mutex lock;
	unsigned long pfn;
};

#if LINUX_VERSION_CODE >= KERNEL_VERSION(4, 11, 0)
static int rowan_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
#else
static int rowan_fault(struct vm_area_struct *vma, struct vm_fault *vmf)
{
#endif
	struct rowan *rowan = vma->vm_private_data;

	if (mutex_lock_interruptible(&rowan->lock))
		return VM_FAULT_NOPAGE;
	vm_insert_pfn(vma, vmf->address, rowan->pfn);
	mutex_unlock(&rowan->lock);
	return VM_FAULT_NOPAGE;
}

static const struct vm_operations_struct rowan_ops = {
#if LINUX_VERSION_CODE >= KERNEL_VERSION(2, 6, 23)
	.fault = rowan_fault,
#else
	.nopage = rowan_nopage,
#endif
};

#if LINUX_VERSION_CODE < KERNEL_VERSION(4, 11, 0)
static int rowan_old_fault(struct vm_area_struct *vma, struct vm_fault *vmf)
#else
static int rowan_old_fault(struct vm_fault *vmf)
#endif
{
	if (mutex_lock_interruptible(&rowan_lock))
		return VM_FAULT_SIGBUS;
	mutex_unlock(&rowan_lock);
	return VM_FAULT_NOPAGE;
}

static const struct vm_operations_struct rowan_old_ops = {
	.fault = rowan_old_fault,
};
