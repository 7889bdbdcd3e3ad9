// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a flag that is or-ed in, here and far from the wait that looks at it.
 */
#include <linux/bitops.h>
#include <linux/dma-fence.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>

struct willow_object {
	struct dma_fence *fence;
	unsigned long pfn;
};

#define WILLOW_WAIT_INTERRUPTIBLE BIT(0)
#define WILLOW_WAIT_ALL BIT(1)

static long willow_wait(struct willow_object *obj, unsigned int flags)
{
	if (flags & WILLOW_WAIT_ALL)
		obj->pfn++;
	return dma_fence_wait(obj->fence, flags & WILLOW_WAIT_INTERRUPTIBLE);
}

static vm_fault_t willow_fault(struct vm_fault *vmf)
{
	struct willow_object *obj = vmf->vma->vm_private_data;

	if (willow_wait(obj, WILLOW_WAIT_INTERRUPTIBLE | WILLOW_WAIT_ALL))
		return VM_FAULT_NOPAGE;
	return vmf_insert_pfn(vmf->vma, vmf->address, obj->pfn);
}

static vm_fault_t willow_pfn_mkwrite(struct vm_fault *vmf)
{
	struct willow_object *obj = vmf->vma->vm_private_data;

	return willow_wait(obj, WILLOW_WAIT_ALL) ? VM_FAULT_SIGBUS : 0;
}

static const struct vm_operations_struct willow_vm_ops = {
	.fault = willow_fault,
	.pfn_mkwrite = willow_pfn_mkwrite,
};

static int willow_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &willow_vm_ops;
	return 0;
}

static const struct file_operations willow_fops = {
	.mmap = willow_mmap,
};

static struct miscdevice willow_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "willow",
	.fops = &willow_fops,
};
module_misc_device(willow_device);
MODULE_LICENSE("GPL");
