// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a bool that goes through two functions and decides how the fence is
 * waited for. The shared wait has to be told, not converted.
 */
#include <linux/dma-fence.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>

struct spruce_object {
	struct dma_fence *fence;
	unsigned long pfn;
};

static long spruce_wait(struct spruce_object *obj, bool intr)
{
	return dma_fence_wait(obj->fence, intr);
}

static long spruce_idle(struct spruce_object *obj, bool interruptible)
{
	if (!obj->fence)
		return 0;
	return spruce_wait(obj, interruptible);
}

static vm_fault_t spruce_fault(struct vm_fault *vmf)
{
	struct spruce_object *obj = vmf->vma->vm_private_data;

	if (spruce_idle(obj, true))
		return VM_FAULT_NOPAGE;
	return vmf_insert_pfn(vmf->vma, vmf->address, obj->pfn);
}

static vm_fault_t spruce_pfn_mkwrite(struct vm_fault *vmf)
{
	struct spruce_object *obj = vmf->vma->vm_private_data;

	return spruce_idle(obj, false) ? VM_FAULT_SIGBUS : 0;
}

static const struct vm_operations_struct spruce_vm_ops = {
	.fault = spruce_fault,
	.pfn_mkwrite = spruce_pfn_mkwrite,
};

static int spruce_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &spruce_vm_ops;
	return 0;
}

static const struct file_operations spruce_fops = {
	.mmap = spruce_mmap,
};

static struct miscdevice spruce_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "spruce",
	.fops = &spruce_fops,
};
module_misc_device(spruce_device);
MODULE_LICENSE("GPL");
