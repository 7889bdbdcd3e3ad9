// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: work that sleeps. gold_fault() queues it: it runs in a task of its own.
 * gold_pfn_mkwrite() calls the same function.
 */
#include <linux/kernel.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

struct gold_context {
	struct work_struct work;
	struct mutex lock;
	unsigned long pfn;
};

static int gold_refill(struct gold_context *context)
{
	if (mutex_lock_interruptible(&context->lock))
		return -EINTR;
	context->pfn++;
	mutex_unlock(&context->lock);
	return 0;
}

static void gold_work(struct work_struct *work)
{
	gold_refill(container_of(work, struct gold_context, work));
}

static vm_fault_t gold_fault(struct vm_fault *vmf)
{
	struct gold_context *context = vmf->vma->vm_private_data;

	INIT_WORK(&context->work, gold_work);
	schedule_work(&context->work);
	flush_work(&context->work);
	return vmf_insert_pfn(vmf->vma, vmf->address, context->pfn);
}

static vm_fault_t gold_pfn_mkwrite(struct vm_fault *vmf)
{
	return gold_refill(vmf->vma->vm_private_data) ? VM_FAULT_NOPAGE : 0;
}

static const struct vm_operations_struct gold_vm_ops = {
	.fault = gold_fault,
	.pfn_mkwrite = gold_pfn_mkwrite,
};

static int gold_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &gold_vm_ops;
	return 0;
}

static const struct file_operations gold_fops = {
	.mmap = gold_mmap,
};

static struct miscdevice gold_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "gold",
	.fops = &gold_fops,
};
module_misc_device(gold_device);
MODULE_LICENSE("GPL");
