// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a context object that says how to sleep, filled by the initialiser of
 * the handler and by that of a helper that an ioctl shares. The trap is in
 * elm_open(): an object that says nothing must not sleep in a state of 0.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>

struct elm_ctx {
	bool interruptible;
	bool no_wait;
};

struct elm_object {
	struct mutex lock;
	unsigned long pfn;
};

static int elm_reserve(struct elm_object *obj, struct elm_ctx *ctx)
{
	if (ctx->no_wait)
		return -EBUSY;
	if (ctx->interruptible)
		return mutex_lock_interruptible(&obj->lock);
	mutex_lock(&obj->lock);
	return 0;
}

static int elm_move(struct elm_object *obj, unsigned long pfn)
{
	struct elm_ctx ctx = { .interruptible = true };
	int ret;

	ret = elm_reserve(obj, &ctx);
	if (ret)
		return ret;
	obj->pfn = pfn;
	mutex_unlock(&obj->lock);
	return 0;
}

static vm_fault_t elm_fault(struct vm_fault *vmf)
{
	struct elm_object *obj = vmf->vma->vm_private_data;
	struct elm_ctx ctx = {
		.interruptible = true,
		.no_wait = false,
	};
	vm_fault_t ret;

	if (elm_reserve(obj, &ctx))
		return VM_FAULT_NOPAGE;
	ret = vmf_insert_pfn(vmf->vma, vmf->address, obj->pfn);
	mutex_unlock(&obj->lock);
	return ret;
}

static vm_fault_t elm_pfn_mkwrite(struct vm_fault *vmf)
{
	struct elm_object *obj = vmf->vma->vm_private_data;

	if (elm_move(obj, vmf->pgoff))
		return VM_FAULT_NOPAGE;
	return 0;
}

static const struct vm_operations_struct elm_vm_ops = {
	.fault = elm_fault,
	.pfn_mkwrite = elm_pfn_mkwrite,
};

static int elm_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &elm_vm_ops;
	return 0;
}

static long elm_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct elm_object *obj = file->private_data;
	struct elm_ctx ctx = { .interruptible = cmd > 1 };
	int ret;

	if (cmd == 0)
		return elm_move(obj, arg);
	ret = elm_reserve(obj, &ctx);
	if (ret)
		return ret;
	obj->pfn = 0;
	mutex_unlock(&obj->lock);
	return 0;
}

static int elm_open(struct inode *inode, struct file *file)
{
	struct elm_object *obj = file->private_data;
	struct elm_ctx ctx = { .no_wait = false };

	if (elm_reserve(obj, &ctx))
		return 0;
	obj->pfn = 0;
	mutex_unlock(&obj->lock);
	return 0;
}

static const struct file_operations elm_fops = {
	.mmap = elm_mmap,
	.unlocked_ioctl = elm_ioctl,
	.open = elm_open,
};

static struct miscdevice elm_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "elm",
	.fops = &elm_fops,
};
module_misc_device(elm_device);
MODULE_LICENSE("GPL");
