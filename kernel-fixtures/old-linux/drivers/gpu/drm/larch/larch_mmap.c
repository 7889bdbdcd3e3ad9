// SPDX-License-Identifier: GPL-2.0-only
/* Radeon of 4.19: the core's table is kept, copied, and its handler called through the pointer. */
#include "../yew/yew.h"

static struct vm_operations_struct larch_vm_ops;
static const struct vm_operations_struct *yew_ops;

static int larch_fault(struct vm_fault *vmf)
{
	struct yew_bo *bo = vmf->vma->vm_private_data;

	if (!bo)
		return VM_FAULT_NOPAGE;
	return yew_ops->fault(vmf);
}

int larch_mmap(struct file *filp, struct vm_area_struct *vma)
{
	int r;

	r = yew_bo_mmap(filp, vma);
	if (r)
		return r;
	if (yew_ops == NULL) {
		yew_ops = vma->vm_ops;
		larch_vm_ops = *yew_ops;
		larch_vm_ops.fault = &larch_fault;
	}
	vma->vm_ops = &larch_vm_ops;
	return 0;
}
