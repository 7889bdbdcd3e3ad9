// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a guilty driver that allmodconfig leaves out: it depends on a symbol
 * that nothing sets.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>

struct argon_tube {
	struct mutex lock;
	unsigned long pfn;
};

static vm_fault_t argon_fault(struct vm_fault *vmf)
{
	struct argon_tube *tube = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (mutex_lock_interruptible(&tube->lock))
		return VM_FAULT_NOPAGE;
	ret = vmf_insert_pfn(vmf->vma, vmf->address, tube->pfn);
	mutex_unlock(&tube->lock);
	return ret;
}

static const struct vm_operations_struct argon_vm_ops = {
	.fault = argon_fault,
};

static int argon_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &argon_vm_ops;
	return 0;
}

static const struct file_operations argon_fops = {
	.mmap = argon_mmap,
};

static struct miscdevice argon_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "argon",
	.fops = &argon_fops,
};
module_misc_device(argon_device);
MODULE_LICENSE("GPL");
