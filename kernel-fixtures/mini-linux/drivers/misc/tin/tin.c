// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: .access, which ptrace and /proc/PID/mem call. It is not a page fault
 * and may sleep interruptibly.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>

struct tin_window {
	struct mutex lock;
	unsigned long pfn;
};

int tin_peek(struct tin_window *window, unsigned long offset, void *buf, int len);

static int tin_access(struct vm_area_struct *vma, unsigned long addr, void *buf, int len, int write)
{
	struct tin_window *window = vma->vm_private_data;
	int ret;

	ret = mutex_lock_interruptible(&window->lock);
	if (ret)
		return ret;
	ret = write ? -EINVAL : tin_peek(window, addr - vma->vm_start, buf, len);
	mutex_unlock(&window->lock);
	return ret;
}

static vm_fault_t tin_fault(struct vm_fault *vmf)
{
	struct tin_window *window = vmf->vma->vm_private_data;

	return vmf_insert_pfn(vmf->vma, vmf->address, window->pfn);
}

static const struct vm_operations_struct tin_vm_ops = {
	.fault = tin_fault,
	.access = tin_access,
};

static int tin_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &tin_vm_ops;
	return 0;
}

static const struct file_operations tin_fops = {
	.mmap = tin_mmap,
};

static struct miscdevice tin_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "tin",
	.fops = &tin_fops,
};
module_misc_device(tin_device);
MODULE_LICENSE("GPL");
