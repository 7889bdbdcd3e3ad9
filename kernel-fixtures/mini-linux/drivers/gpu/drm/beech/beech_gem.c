// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a context object that says how to wait: filled by names, by position,
 * or by a function; and one that the handler was given.
 */
#include <linux/dma-fence.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>

struct beech_ctx {
	bool interruptible;
	bool no_wait;
};

struct beech_object {
	struct dma_fence *fence;
	struct beech_ctx *ctx;
	unsigned long pfn;
};

static void beech_ctx_init(struct beech_ctx *ctx, bool interruptible)
{
	ctx->interruptible = interruptible;
	ctx->no_wait = false;
}

static long beech_wait(struct beech_object *obj, struct beech_ctx *ctx)
{
	if (ctx->no_wait)
		return -EBUSY;
	return dma_fence_wait(obj->fence, ctx->interruptible);
}

static vm_fault_t beech_fault(struct vm_fault *vmf)
{
	struct beech_object *obj = vmf->vma->vm_private_data;
	struct beech_ctx ctx = { .interruptible = true };

	if (beech_wait(obj, &ctx))
		return VM_FAULT_NOPAGE;
	return vmf_insert_pfn(vmf->vma, vmf->address, obj->pfn);
}

static vm_fault_t beech_huge_fault(struct vm_fault *vmf, enum page_entry_size pe_size)
{
	struct beech_object *obj = vmf->vma->vm_private_data;
	struct beech_ctx ctx;

	beech_ctx_init(&ctx, false);
	if (beech_wait(obj, &ctx))
		return VM_FAULT_FALLBACK;
	return vmf_insert_pfn(vmf->vma, vmf->address, obj->pfn);
}

static vm_fault_t beech_page_mkwrite(struct vm_fault *vmf)
{
	struct beech_object *obj = vmf->vma->vm_private_data;
	struct beech_ctx ctx = { false, false };

	return beech_wait(obj, &ctx) ? VM_FAULT_SIGBUS : 0;
}

static vm_fault_t beech_pfn_mkwrite(struct vm_fault *vmf)
{
	struct beech_object *obj = vmf->vma->vm_private_data;

	return beech_wait(obj, obj->ctx) ? VM_FAULT_SIGBUS : 0;
}

static const struct vm_operations_struct beech_vm_ops = {
	.fault = beech_fault,
	.huge_fault = beech_huge_fault,
	.page_mkwrite = beech_page_mkwrite,
	.pfn_mkwrite = beech_pfn_mkwrite,
};

static int beech_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &beech_vm_ops;
	return 0;
}

static const struct file_operations beech_fops = {
	.mmap = beech_mmap,
};

static struct miscdevice beech_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "beech",
	.fops = &beech_fops,
};
module_misc_device(beech_device);
MODULE_LICENSE("GPL");
