// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a context object that is filled by position, so that only the struct
 * tells which value is the flag. The trap is in chestnut_open() and
 * chestnut_mmap(): what is all 0 must not sleep in a state of 0.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>

struct chestnut_ctx {
	bool no_wait;
	bool interruptible;
};

struct chestnut_object {
	struct mutex lock;
	unsigned long pfn;
};

static int chestnut_reserve(struct chestnut_object *obj,
			    struct chestnut_ctx *ctx)
{
	if (ctx->no_wait)
		return -EBUSY;
	if (ctx->interruptible)
		return mutex_lock_interruptible(&obj->lock);
	mutex_lock(&obj->lock);
	return 0;
}

static vm_fault_t chestnut_fault(struct vm_fault *vmf)
{
	struct chestnut_object *obj = vmf->vma->vm_private_data;
	struct chestnut_ctx ctx = { false, true };
	vm_fault_t ret;

	if (chestnut_reserve(obj, &ctx))
		return VM_FAULT_NOPAGE;
	ret = vmf_insert_pfn(vmf->vma, vmf->address, obj->pfn);
	mutex_unlock(&obj->lock);
	return ret;
}

static const struct vm_operations_struct chestnut_vm_ops = {
	.fault = chestnut_fault,
};

static int chestnut_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct chestnut_object *obj = file->private_data;
	struct chestnut_ctx ctx = { 0 };
	int ret;

	ret = chestnut_reserve(obj, &ctx);
	if (ret)
		return ret;
	vma->vm_private_data = obj;
	vma->vm_ops = &chestnut_vm_ops;
	mutex_unlock(&obj->lock);
	return 0;
}

static int chestnut_set(struct chestnut_object *obj, unsigned long pfn,
			bool interruptible)
{
	struct chestnut_ctx ctx = { false, interruptible };
	int ret;

	ret = chestnut_reserve(obj, &ctx);
	if (ret)
		return ret;
	obj->pfn = pfn;
	mutex_unlock(&obj->lock);
	return 0;
}

static long chestnut_ioctl(struct file *file, unsigned int cmd,
			   unsigned long arg)
{
	return chestnut_set(file->private_data, arg, cmd == 0);
}

static int chestnut_open(struct inode *inode, struct file *file)
{
	struct chestnut_object *obj = file->private_data;
	struct chestnut_ctx ctx = {};

	if (chestnut_reserve(obj, &ctx))
		return 0;
	obj->pfn = 0;
	mutex_unlock(&obj->lock);
	return 0;
}

static const struct file_operations chestnut_fops = {
	.mmap = chestnut_mmap,
	.unlocked_ioctl = chestnut_ioctl,
	.open = chestnut_open,
};

static struct miscdevice chestnut_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "chestnut",
	.fops = &chestnut_fops,
};
module_misc_device(chestnut_device);
MODULE_LICENSE("GPL");
