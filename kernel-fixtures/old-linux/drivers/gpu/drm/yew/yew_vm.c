// SPDX-License-Identifier: GPL-2.0-only
/* A core of drivers: TTM of 4.19. It drops mmap_sem by hand before it waits. */
#include "yew.h"
#include "yew_trace.h"

int yew_bo_reserve(struct yew_bo *bo)
{
	trace_yew_bo_reserve(bo);
	return reservation_object_lock_interruptible(bo->resv);
}

static int yew_bo_vm_fault_idle(struct yew_bo *bo, struct vm_fault *vmf)
{
	long err;

	if (vmf->flags & FAULT_FLAG_ALLOW_RETRY) {
		if (vmf->flags & FAULT_FLAG_RETRY_NOWAIT)
			return VM_FAULT_RETRY;
		up_read(&vmf->vma->vm_mm->mmap_sem);
		(void)reservation_object_wait_timeout_rcu(bo->resv, true, true, 100);
		return VM_FAULT_RETRY;
	}
	err = reservation_object_wait_timeout_rcu(bo->resv, true, true, 100);
	if (err < 0)
		return err != -ERESTARTSYS ? VM_FAULT_SIGBUS : VM_FAULT_NOPAGE;
	return 0;
}

static int yew_bo_vm_fault(struct vm_fault *vmf)
{
	struct yew_bo *bo = vmf->vma->vm_private_data;
	int ret;

	if (yew_bo_reserve(bo))
		return VM_FAULT_NOPAGE;
	ret = yew_bo_vm_fault_idle(bo, vmf);
	if (!ret)
		ret = vm_insert_pfn(vmf->vma, vmf->address, bo->pfn);
	reservation_object_unlock(bo->resv);
	return ret;
}

static const struct vm_operations_struct yew_vm_ops = {
	.fault = yew_bo_vm_fault,
};

int yew_bo_mmap(struct file *filp, struct vm_area_struct *vma)
{
	vma->vm_private_data = filp->private_data;
	vma->vm_ops = &yew_vm_ops;
	return 0;
}
EXPORT_SYMBOL(yew_bo_mmap);
