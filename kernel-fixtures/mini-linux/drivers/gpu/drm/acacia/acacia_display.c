// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: see acacia_gem.c. The function of this file does not sleep.
 */
#include <linux/mm.h>

#include "acacia.h"

static int acacia_reserve(struct acacia_object *obj)
{
	return obj->pfn ? 0 : -ENODEV;
}

static vm_fault_t acacia_display_fault(struct vm_fault *vmf)
{
	struct acacia_object *obj = vmf->vma->vm_private_data;

	if (acacia_reserve(obj))
		return VM_FAULT_SIGBUS;
	return vmf_insert_pfn(vmf->vma, vmf->address, obj->pfn);
}

const struct vm_operations_struct acacia_display_vm_ops = {
	.fault = acacia_display_fault,
};
