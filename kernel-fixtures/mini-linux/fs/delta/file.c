// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a hand-made wait: prepare_to_wait() with TASK_INTERRUPTIBLE,
 * signal_pending() and schedule() in a loop that has its exit already.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>

struct delta_inode {
	wait_queue_head_t settled;
	bool moving;
	unsigned long pfn;
};

void delta_settle(struct delta_inode *inode);

void delta_settle(struct delta_inode *inode)
{
	WRITE_ONCE(inode->moving, false);
	wake_up_all(&inode->settled);
}

static vm_fault_t delta_fault(struct vm_fault *vmf)
{
	struct delta_inode *inode = vmf->vma->vm_private_data;
	DEFINE_WAIT(wait);

	for (;;) {
		prepare_to_wait(&inode->settled, &wait, TASK_INTERRUPTIBLE);
		if (!READ_ONCE(inode->moving))
			break;
		if (signal_pending(current)) {
			finish_wait(&inode->settled, &wait);
			return VM_FAULT_NOPAGE;
		}
		schedule();
	}
	finish_wait(&inode->settled, &wait);

	return vmf_insert_pfn(vmf->vma, vmf->address, inode->pfn);
}

static const struct vm_operations_struct delta_vm_ops = {
	.fault = delta_fault,
};

static int delta_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &delta_vm_ops;
	return 0;
}

static const struct file_operations delta_fops = {
	.mmap = delta_mmap,
};

static struct miscdevice delta_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "delta",
	.fops = &delta_fops,
};
module_misc_device(delta_device);
MODULE_LICENSE("GPL");
