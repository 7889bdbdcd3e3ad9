// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: wait_event_interruptible() in the handler and wake_up_interruptible()
 * on the other side. Every waiter of the queue is the handler, so the wake-up
 * can change with it.
 */
#include <linux/interrupt.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/wait.h>

struct hazel_object {
	wait_queue_head_t idle_queue;
	bool busy;
	unsigned long pfn;
};

irqreturn_t hazel_irq(int irq, void *data);

irqreturn_t hazel_irq(int irq, void *data)
{
	struct hazel_object *obj = data;

	WRITE_ONCE(obj->busy, false);
	wake_up_interruptible(&obj->idle_queue);
	return IRQ_HANDLED;
}

static vm_fault_t hazel_fault(struct vm_fault *vmf)
{
	struct hazel_object *obj = vmf->vma->vm_private_data;
	int ret;

	ret = wait_event_interruptible(obj->idle_queue, !READ_ONCE(obj->busy));
	if (ret)
		return VM_FAULT_NOPAGE;

	return vmf_insert_pfn(vmf->vma, vmf->address, obj->pfn);
}

static const struct vm_operations_struct hazel_vm_ops = {
	.fault = hazel_fault,
};

static int hazel_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &hazel_vm_ops;
	return 0;
}

static const struct file_operations hazel_fops = {
	.mmap = hazel_mmap,
};

static struct miscdevice hazel_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "hazel",
	.fops = &hazel_fops,
};
module_misc_device(hazel_device);
MODULE_LICENSE("GPL");
