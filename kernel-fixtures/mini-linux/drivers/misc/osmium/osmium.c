// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: loops that repeat a sleep because of its error. Made killable each needs
 * an exit, or would spin under a fatal signal. The last handler's loop repeats for
 * another error, which no signal causes.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>

struct osmium_cell {
	struct mutex charge;
	struct mutex drain;
	struct mutex fill;
	struct mutex seal;
	unsigned long pfn;
};

int osmium_press(struct osmium_cell *cell);

/* The loop is in the helper, and asks for the error by name. */
static int osmium_charge(struct osmium_cell *cell)
{
	int err;

	do {
		err = mutex_lock_interruptible(&cell->charge);
	} while (err == -EINTR);
	return err;
}

static vm_fault_t osmium_fault(struct vm_fault *vmf)
{
	struct osmium_cell *cell = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (osmium_charge(cell))
		return VM_FAULT_SIGBUS;
	ret = vmf_insert_pfn(vmf->vma, vmf->address, cell->pfn);
	mutex_unlock(&cell->charge);
	return ret;
}

static int osmium_drain(struct osmium_cell *cell)
{
	if (mutex_lock_interruptible(&cell->drain))
		return -ERESTARTSYS;
	return 0;
}

/* The loop is in the handler, around the helper. */
static vm_fault_t osmium_huge_fault(struct vm_fault *vmf, enum page_entry_size pe_size)
{
	struct osmium_cell *cell = vmf->vma->vm_private_data;
	int err;

	while ((err = osmium_drain(cell)) == -ERESTARTSYS)
		cond_resched();
	if (err)
		return VM_FAULT_SIGBUS;
	mutex_unlock(&cell->drain);
	return VM_FAULT_FALLBACK;
}

/* Behind the loop the lock is taken for held: an exit of it would be wrong. */
static vm_fault_t osmium_pfn_mkwrite(struct vm_fault *vmf)
{
	struct osmium_cell *cell = vmf->vma->vm_private_data;
	int err;

	do {
		err = mutex_lock_interruptible(&cell->fill);
	} while (err);
	mutex_unlock(&cell->fill);
	return 0;
}

static int osmium_seal(struct osmium_cell *cell)
{
	int err = mutex_lock_interruptible(&cell->seal);

	if (err)
		return err;
	err = osmium_press(cell);
	mutex_unlock(&cell->seal);
	return err;
}

static vm_fault_t osmium_page_mkwrite(struct vm_fault *vmf)
{
	struct osmium_cell *cell = vmf->vma->vm_private_data;
	int err;

	do {
		err = osmium_seal(cell);
	} while (err == -EAGAIN);
	return err ? VM_FAULT_SIGBUS : VM_FAULT_LOCKED;
}

static const struct vm_operations_struct osmium_vm_ops = {
	.fault = osmium_fault,
	.huge_fault = osmium_huge_fault,
	.page_mkwrite = osmium_page_mkwrite,
	.pfn_mkwrite = osmium_pfn_mkwrite,
};

static int osmium_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &osmium_vm_ops;
	return 0;
}

static const struct file_operations osmium_fops = {
	.mmap = osmium_mmap,
};

static struct miscdevice osmium_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "osmium",
	.fops = &osmium_fops,
};
module_misc_device(osmium_device);
MODULE_LICENSE("GPL");
