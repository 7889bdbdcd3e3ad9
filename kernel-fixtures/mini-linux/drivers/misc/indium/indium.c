// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: objects of two kinds, which the driver tells apart when it chooses the
 * handlers. Far cells have handlers of their own, so that indium_fault() never meets
 * one: it cannot come to indium_far_get(), which sleeps. indium_any_fault() can.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>

struct indium_cell;

struct indium_cell_ops {
	int (*get)(struct indium_cell *cell);
	const struct vm_operations_struct *vm_ops;
};

struct indium_cell {
	const struct indium_cell_ops *ops;
	struct mutex lock;
	unsigned long pfn;
};

void indium_init(struct indium_cell *cell, const struct indium_cell_ops *ops);
int indium_map_any(struct vm_area_struct *vma, struct indium_cell *cell);

void indium_init(struct indium_cell *cell, const struct indium_cell_ops *ops)
{
	cell->ops = ops;
}

static int indium_near_get(struct indium_cell *cell)
{
	return mutex_trylock(&cell->lock) ? 0 : -EBUSY;
}

static int indium_far_get(struct indium_cell *cell)
{
	return mutex_lock_interruptible(&cell->lock);
}

static vm_fault_t indium_fault(struct vm_fault *vmf)
{
	struct indium_cell *cell = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (cell->ops->get(cell))
		return VM_FAULT_NOPAGE;
	ret = vmf_insert_pfn(vmf->vma, vmf->address, cell->pfn);
	mutex_unlock(&cell->lock);
	return ret;
}

static const struct vm_operations_struct indium_vm_ops = {
	.fault = indium_fault,
};

static vm_fault_t indium_far_fault(struct vm_fault *vmf)
{
	struct indium_cell *cell = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (cell->ops->get(cell))
		return VM_FAULT_NOPAGE;
	ret = vmf_insert_pfn(vmf->vma, vmf->address, cell->pfn);
	mutex_unlock(&cell->lock);
	return ret;
}

static const struct vm_operations_struct indium_far_vm_ops = {
	.fault = indium_far_fault,
};

static vm_fault_t indium_any_fault(struct vm_fault *vmf)
{
	struct indium_cell *cell = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (cell->ops->get(cell))
		return VM_FAULT_NOPAGE;
	ret = vmf_insert_pfn(vmf->vma, vmf->address, cell->pfn);
	mutex_unlock(&cell->lock);
	return ret;
}

static const struct vm_operations_struct indium_any_vm_ops = {
	.fault = indium_any_fault,
};

static const struct indium_cell_ops indium_near_ops = {
	.get = indium_near_get,
};

static const struct indium_cell_ops indium_far_ops = {
	.get = indium_far_get,
	.vm_ops = &indium_far_vm_ops,
};

static int indium_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct indium_cell *cell = file->private_data;

	if (!cell->ops)
		indium_init(cell, vma->vm_pgoff ? &indium_far_ops : &indium_near_ops);
	vma->vm_private_data = cell;
	if (cell->ops->vm_ops) {
		vma->vm_ops = cell->ops->vm_ops;
		return 0;
	}
	vma->vm_ops = &indium_vm_ops;
	return 0;
}

int indium_map_any(struct vm_area_struct *vma, struct indium_cell *cell)
{
	vma->vm_private_data = cell;
	vma->vm_ops = &indium_any_vm_ops;
	return 0;
}

static const struct file_operations indium_fops = {
	.mmap = indium_mmap,
};

static struct miscdevice indium_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "indium",
	.fops = &indium_fops,
};
module_misc_device(indium_device);
MODULE_LICENSE("GPL");
