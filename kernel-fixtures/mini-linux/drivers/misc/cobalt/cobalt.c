// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a helper with a switch that makes a VM_FAULT code of the error, also
 * of the one that a signal causes.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>

struct cobalt_object {
	struct mutex lock;
	unsigned long pfn;
};

int cobalt_pin(struct cobalt_object *obj);

static vm_fault_t cobalt_error_to_fault(int err)
{
	switch (err) {
	case 0:
	case -EAGAIN:
	case -EINTR:
	case -ERESTARTSYS:
		return VM_FAULT_NOPAGE;
	case -ENOMEM:
		return VM_FAULT_OOM;
	default:
		return VM_FAULT_SIGBUS;
	}
}

static vm_fault_t cobalt_fault(struct vm_fault *vmf)
{
	struct cobalt_object *obj = vmf->vma->vm_private_data;
	int err;

	err = mutex_lock_interruptible(&obj->lock);
	if (err)
		goto out;

	err = cobalt_pin(obj);
	if (!err)
		err = remap_pfn_range(vmf->vma, vmf->address, obj->pfn, PAGE_SIZE, 0);

	mutex_unlock(&obj->lock);
out:
	return cobalt_error_to_fault(err);
}

static const struct vm_operations_struct cobalt_vm_ops = {
	.fault = cobalt_fault,
};

static int cobalt_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &cobalt_vm_ops;
	return 0;
}

static const struct file_operations cobalt_fops = {
	.mmap = cobalt_mmap,
};

static struct miscdevice cobalt_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "cobalt",
	.fops = &cobalt_fops,
};
module_misc_device(cobalt_device);
MODULE_LICENSE("GPL");
