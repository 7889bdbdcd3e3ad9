// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a retry loop that sleeps with a lock held. An exit in the loop would
 * leave the lock behind, so the site is for a person.
 */
#include <linux/jiffies.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>

struct nickel_context {
	struct mutex lock;
	unsigned long pfn;
};

bool nickel_load(struct nickel_context *context);

static vm_fault_t nickel_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct nickel_context *context = vma->vm_private_data;

	mutex_lock(&context->lock);
again:
	if (!nickel_load(context)) {
		set_current_state(TASK_INTERRUPTIBLE);
		schedule_timeout(HZ / 10);
		goto again;
	}
	remap_pfn_range(vma, vmf->address, context->pfn, PAGE_SIZE, 0);
	mutex_unlock(&context->lock);

	return VM_FAULT_NOPAGE;
}

static const struct vm_operations_struct nickel_vm_ops = {
	.fault = nickel_fault,
};

static int nickel_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &nickel_vm_ops;
	return 0;
}

static const struct file_operations nickel_fops = {
	.mmap = nickel_mmap,
};

static struct miscdevice nickel_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "nickel",
	.fops = &nickel_fops,
};
module_misc_device(nickel_device);
MODULE_LICENSE("GPL");
