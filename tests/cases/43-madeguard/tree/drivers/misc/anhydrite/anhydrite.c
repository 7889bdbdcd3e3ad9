// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a guard whose killable class the tree lacks.
 */
#include <linux/cleanup.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>

struct anhydrite_mine {
	struct mutex lock;
	unsigned long pfn;
	unsigned long writes;
};

static vm_fault_t anhydrite_fault(struct vm_fault *vmf)
{
	struct anhydrite_mine *mine = vmf->vma->vm_private_data;

	scoped_cond_guard(mutex_intr, return VM_FAULT_NOPAGE, &mine->lock) {
		return vmf_insert_pfn(vmf->vma, vmf->address, mine->pfn);
	}
	return VM_FAULT_SIGBUS;
}

static vm_fault_t anhydrite_mkwrite(struct vm_fault *vmf)
{
	struct anhydrite_mine *mine = vmf->vma->vm_private_data;

	scoped_cond_guard(mutex_try, return VM_FAULT_NOPAGE, &mine->lock)
		mine->writes++;
	scoped_guard(mutex, &mine->lock) {
		mine->pfn++;
	}
	return 0;
}

static const struct vm_operations_struct anhydrite_vm_ops = {
	.fault = anhydrite_fault,
	.page_mkwrite = anhydrite_mkwrite,
};

static int anhydrite_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &anhydrite_vm_ops;
	return 0;
}

static const struct file_operations anhydrite_fops = {
	.mmap = anhydrite_mmap,
};

static struct miscdevice anhydrite_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "anhydrite",
	.fops = &anhydrite_fops,
};
module_misc_device(anhydrite_device);
MODULE_LICENSE("GPL");
