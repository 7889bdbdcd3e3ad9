// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: how long a wait may take. A wait of no time only looks.
 */
#include <linux/dma-fence.h>
#include <linux/jiffies.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>

struct linden_object {
	struct dma_fence *fence;
	unsigned long pfn;
};

static long linden_wait(struct linden_object *obj, long timeout)
{
	return dma_fence_wait_timeout(obj->fence, true, timeout);
}

static vm_fault_t linden_fault(struct vm_fault *vmf)
{
	struct linden_object *obj = vmf->vma->vm_private_data;

	if (linden_wait(obj, HZ) <= 0)
		return VM_FAULT_NOPAGE;
	return vmf_insert_pfn(vmf->vma, vmf->address, obj->pfn);
}

static vm_fault_t linden_pfn_mkwrite(struct vm_fault *vmf)
{
	struct linden_object *obj = vmf->vma->vm_private_data;

	return linden_wait(obj, 0) <= 0 ? VM_FAULT_SIGBUS : 0;
}

static const struct vm_operations_struct linden_vm_ops = {
	.fault = linden_fault,
	.pfn_mkwrite = linden_pfn_mkwrite,
};

static int linden_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &linden_vm_ops;
	return 0;
}

static const struct file_operations linden_fops = {
	.mmap = linden_mmap,
};

static struct miscdevice linden_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "linden",
	.fops = &linden_fops,
};
module_misc_device(linden_device);
MODULE_LICENSE("GPL");
