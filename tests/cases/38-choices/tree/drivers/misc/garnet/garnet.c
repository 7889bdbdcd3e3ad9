// SPDX-License-Identifier: GPL-2.0-only
/* What the error of a helper becomes: choices within choices, and a bool that says that all is well. */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/semaphore.h>

struct garnet_unit {
	struct semaphore hardware;
	struct semaphore memory;
	struct semaphore queue;
	unsigned long pfn;
};

static int garnet_acquire(struct garnet_unit *unit)
{
	if (down_interruptible(&unit->hardware))
		return -ERESTARTSYS;
	return 0;
}

static vm_fault_t garnet_fault(struct vm_fault *vmf)
{
	struct garnet_unit *unit = vmf->vma->vm_private_data;
	int err = garnet_acquire(unit);

	if (err)
		return err == -ENOMEM ? VM_FAULT_OOM :
		       err == -EAGAIN || err == -ERESTARTSYS ? VM_FAULT_NOPAGE : VM_FAULT_SIGBUS;
	up(&unit->hardware);
	return VM_FAULT_NOPAGE;
}

static int garnet_charge(struct garnet_unit *unit)
{
	return down_interruptible(&unit->memory);
}

static vm_fault_t garnet_mkwrite(struct vm_fault *vmf)
{
	struct garnet_unit *unit = vmf->vma->vm_private_data;
	bool ok = garnet_charge(unit) == 0;

	if (!ok)
		return VM_FAULT_NOPAGE;
	up(&unit->memory);
	return 0;
}

static vm_fault_t garnet_pfn_mkwrite(struct vm_fault *vmf)
{
	struct garnet_unit *unit = vmf->vma->vm_private_data;
	bool ok;

	ok = !down_interruptible(&unit->queue);
	if (!ok)
		return VM_FAULT_NOPAGE;
	up(&unit->queue);
	return 0;
}

static const struct vm_operations_struct garnet_vm_ops = {
	.fault = garnet_fault,
	.page_mkwrite = garnet_mkwrite,
	.pfn_mkwrite = garnet_pfn_mkwrite,
};

static int garnet_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &garnet_vm_ops;
	return 0;
}

static const struct file_operations garnet_fops = {
	.mmap = garnet_mmap,
};

static struct miscdevice garnet_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "garnet",
	.fops = &garnet_fops,
};
module_misc_device(garnet_device);
MODULE_LICENSE("GPL");
