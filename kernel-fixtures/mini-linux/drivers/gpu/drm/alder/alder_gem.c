// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a static helper that the handler shares with an ioctl, whose sleep
 * must stay interruptible. Left alone here.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>

struct alder_object {
	struct mutex lock;
	unsigned long pfn;
};

static int alder_reserve(struct alder_object *obj)
{
	return mutex_lock_interruptible(&obj->lock);
}

static vm_fault_t alder_fault(struct vm_fault *vmf)
{
	struct alder_object *obj = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (alder_reserve(obj))
		return VM_FAULT_NOPAGE;
	ret = vmf_insert_pfn(vmf->vma, vmf->address, obj->pfn);
	mutex_unlock(&obj->lock);
	return ret;
}

static long alder_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct alder_object *obj = file->private_data;
	int ret;

	ret = alder_reserve(obj);
	if (ret)
		return ret;
	obj->pfn = arg;
	mutex_unlock(&obj->lock);
	return 0;
}

static const struct vm_operations_struct alder_vm_ops = {
	.fault = alder_fault,
};

static int alder_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &alder_vm_ops;
	return 0;
}

static const struct file_operations alder_fops = {
	.mmap = alder_mmap,
	.unlocked_ioctl = alder_ioctl,
};

static struct miscdevice alder_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "alder",
	.fops = &alder_fops,
};
module_misc_device(alder_device);
MODULE_LICENSE("GPL");
