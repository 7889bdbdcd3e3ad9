// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: the queue that the handler sleeps on has another waiter, an ioctl,
 * which stays interruptible. What becomes of the wake-up is for a person.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/wait.h>

struct maple_object {
	wait_queue_head_t fence_queue;
	bool signalled;
	unsigned long pfn;
};

void maple_signal(struct maple_object *obj);

void maple_signal(struct maple_object *obj)
{
	WRITE_ONCE(obj->signalled, true);
	wake_up_interruptible_all(&obj->fence_queue);
}

static vm_fault_t maple_fault(struct vm_fault *vmf)
{
	struct maple_object *obj = vmf->vma->vm_private_data;

	if (wait_event_interruptible(obj->fence_queue, READ_ONCE(obj->signalled)))
		return VM_FAULT_NOPAGE;

	return vmf_insert_pfn(vmf->vma, vmf->address, obj->pfn);
}

static long maple_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct maple_object *obj = file->private_data;

	return wait_event_interruptible(obj->fence_queue, READ_ONCE(obj->signalled));
}

static const struct vm_operations_struct maple_vm_ops = {
	.fault = maple_fault,
};

static int maple_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &maple_vm_ops;
	return 0;
}

static const struct file_operations maple_fops = {
	.mmap = maple_mmap,
	.unlocked_ioctl = maple_ioctl,
};

static struct miscdevice maple_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "maple",
	.fops = &maple_fops,
};
module_misc_device(maple_device);
MODULE_LICENSE("GPL");
