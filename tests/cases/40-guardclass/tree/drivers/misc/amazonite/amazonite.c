// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a guard that sleeps interruptibly in the fault, beside guards that do not.
 */
#include <linux/cleanup.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>

struct amazonite_mine {
	struct mutex lock;
	unsigned long pfn;
	unsigned long writes;
};

static vm_fault_t amazonite_fault(struct vm_fault *vmf)
{
	struct amazonite_mine *mine = vmf->vma->vm_private_data;

	scoped_cond_guard(mutex_intr, return VM_FAULT_NOPAGE, &mine->lock) {
		return vmf_insert_pfn(vmf->vma, vmf->address, mine->pfn);
	}
	return VM_FAULT_SIGBUS;
}

static vm_fault_t amazonite_mkwrite(struct vm_fault *vmf)
{
	struct amazonite_mine *mine = vmf->vma->vm_private_data;

	scoped_cond_guard(mutex_try, return VM_FAULT_NOPAGE, &mine->lock)
		mine->writes++;
	scoped_guard(mutex, &mine->lock) {
		mine->pfn++;
	}
	return 0;
}

static const struct vm_operations_struct amazonite_vm_ops = {
	.fault = amazonite_fault,
	.page_mkwrite = amazonite_mkwrite,
};

static int amazonite_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &amazonite_vm_ops;
	return 0;
}

static const struct file_operations amazonite_fops = {
	.mmap = amazonite_mmap,
};

static struct miscdevice amazonite_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "amazonite",
	.fops = &amazonite_fops,
};
module_misc_device(amazonite_device);
MODULE_LICENSE("GPL");
