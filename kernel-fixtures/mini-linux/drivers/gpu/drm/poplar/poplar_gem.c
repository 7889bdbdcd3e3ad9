// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: calls through a field that two structs have: the struct tells what is
 * behind each. poplar_lock() sleeps, poplar_peek() does not.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>

struct poplar_object;

struct poplar_lock_ops {
	int (*reserve)(struct poplar_object *obj);
};

struct poplar_peek_ops {
	int (*reserve)(struct poplar_object *obj);
};

struct poplar_object {
	const struct poplar_lock_ops *lock_ops;
	const struct poplar_peek_ops *peek_ops;
	struct mutex lock;
	unsigned long pfn;
};

void poplar_init(struct poplar_object *obj);

static int poplar_lock(struct poplar_object *obj)
{
	return mutex_lock_interruptible(&obj->lock);
}

static int poplar_peek(struct poplar_object *obj)
{
	return mutex_trylock(&obj->lock) ? 0 : -EBUSY;
}

static const struct poplar_lock_ops poplar_lock_ops = {
	.reserve = poplar_lock,
};

static const struct poplar_peek_ops poplar_peek_ops = {
	.reserve = poplar_peek,
};

void poplar_init(struct poplar_object *obj)
{
	obj->lock_ops = &poplar_lock_ops;
	obj->peek_ops = &poplar_peek_ops;
}

static vm_fault_t poplar_fault(struct vm_fault *vmf)
{
	struct poplar_object *obj = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (obj->lock_ops->reserve(obj))
		return VM_FAULT_NOPAGE;
	ret = vmf_insert_pfn(vmf->vma, vmf->address, obj->pfn);
	mutex_unlock(&obj->lock);
	return ret;
}

static vm_fault_t poplar_pfn_mkwrite(struct vm_fault *vmf)
{
	struct poplar_object *obj = vmf->vma->vm_private_data;

	if (obj->peek_ops->reserve(obj))
		return VM_FAULT_SIGBUS;
	mutex_unlock(&obj->lock);
	return 0;
}

static const struct vm_operations_struct poplar_vm_ops = {
	.fault = poplar_fault,
	.pfn_mkwrite = poplar_pfn_mkwrite,
};

static int poplar_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &poplar_vm_ops;
	return 0;
}

static const struct file_operations poplar_fops = {
	.mmap = poplar_mmap,
};

static struct miscdevice poplar_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "poplar",
	.fops = &poplar_fops,
};
module_misc_device(poplar_device);
MODULE_LICENSE("GPL");
