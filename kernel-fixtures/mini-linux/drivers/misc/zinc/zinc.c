// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a retry loop around a plain sleep. Made killable it needs an exit: a
 * fatal signal would turn it into a busy loop. Nothing is held at the sleep.
 */
#include <linux/jiffies.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>

#define ZINC_ASSIGN_DELAY (HZ / 50)

struct zinc_context {
	struct mutex lock;
	unsigned long pfn;
	bool assigned;
};

bool zinc_assign(struct zinc_context *context);
void zinc_steal(struct zinc_context *context);

static vm_fault_t zinc_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct zinc_context *context = vma->vm_private_data;

	if (!context)
		return VM_FAULT_SIGBUS;

again:
	mutex_lock(&context->lock);

	if (!context->assigned) {
		if (!zinc_assign(context)) {
			mutex_unlock(&context->lock);
			set_current_state(TASK_INTERRUPTIBLE);
			schedule_timeout(ZINC_ASSIGN_DELAY);
			zinc_steal(context);
			goto again;
		}
		context->assigned = true;
	}
	remap_pfn_range(vma, vmf->address, context->pfn, PAGE_SIZE, 0);

	mutex_unlock(&context->lock);

	return VM_FAULT_NOPAGE;
}

static const struct vm_operations_struct zinc_vm_ops = {
	.fault = zinc_fault,
};

static int zinc_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &zinc_vm_ops;
	return 0;
}

static const struct file_operations zinc_fops = {
	.mmap = zinc_mmap,
};

static struct miscdevice zinc_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "zinc",
	.fops = &zinc_fops,
};
module_misc_device(zinc_device);
MODULE_LICENSE("GPL");
