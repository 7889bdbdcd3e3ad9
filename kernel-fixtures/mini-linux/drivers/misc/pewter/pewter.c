// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: innocence. One ioctl sleeps interruptibly, one killably; no page
 * fault reaches either.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>

#define PEWTER_SWAP 1
#define PEWTER_RESET 2

struct pewter_buffer {
	struct mutex lock;
	unsigned long pfn;
};

static long pewter_swap(struct pewter_buffer *buffer, unsigned long pfn)
{
	if (mutex_lock_interruptible(&buffer->lock))
		return -ERESTARTSYS;
	buffer->pfn = pfn;
	mutex_unlock(&buffer->lock);
	return 0;
}

static long pewter_reset(struct pewter_buffer *buffer)
{
	if (mutex_lock_killable(&buffer->lock))
		return -EINTR;
	buffer->pfn = 0;
	mutex_unlock(&buffer->lock);
	return 0;
}

static long pewter_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case PEWTER_SWAP:
		return pewter_swap(file->private_data, arg);
	case PEWTER_RESET:
		return pewter_reset(file->private_data);
	default:
		return -ENOTTY;
	}
}

static vm_fault_t pewter_fault(struct vm_fault *vmf)
{
	struct pewter_buffer *buffer = vmf->vma->vm_private_data;

	return vmf_insert_pfn(vmf->vma, vmf->address, READ_ONCE(buffer->pfn));
}

static const struct vm_operations_struct pewter_vm_ops = {
	.fault = pewter_fault,
};

static int pewter_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &pewter_vm_ops;
	return 0;
}

static const struct file_operations pewter_fops = {
	.mmap = pewter_mmap,
	.unlocked_ioctl = pewter_ioctl,
};

static struct miscdevice pewter_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "pewter",
	.fops = &pewter_fops,
};
module_misc_device(pewter_device);
MODULE_LICENSE("GPL");
