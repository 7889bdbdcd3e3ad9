// SPDX-License-Identifier: GPL-2.0-only
/* Helpers that return whether they hold the lock. */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>

struct lazulite_card {
	struct mutex claim;
	struct mutex window;
	struct mutex border;
	bool gone;
	unsigned long pfn;
};

static bool lazulite_claim(struct lazulite_card *card)
{
	return mutex_lock_interruptible(&card->claim) == 0;
}

static bool lazulite_open_window(struct lazulite_card *card)
{
	if (mutex_lock_interruptible(&card->window))
		return false;
	card->gone = false;
	return true;
}

/* True where there is nothing to hold, too. */
static bool lazulite_cross_border(struct lazulite_card *card)
{
	if (mutex_lock_interruptible(&card->border))
		return card->gone;
	return true;
}

static vm_fault_t lazulite_fault(struct vm_fault *vmf)
{
	struct lazulite_card *card = vmf->vma->vm_private_data;
	vm_fault_t ret;

	if (!lazulite_claim(card))
		return VM_FAULT_NOPAGE;
	ret = vmf_insert_pfn(vmf->vma, vmf->address, card->pfn);
	mutex_unlock(&card->claim);
	return ret;
}

static vm_fault_t lazulite_mkwrite(struct vm_fault *vmf)
{
	struct lazulite_card *card = vmf->vma->vm_private_data;
	bool open;

	open = lazulite_open_window(card);
	if (unlikely(!open))
		return VM_FAULT_NOPAGE;
	mutex_unlock(&card->window);
	return 0;
}

static vm_fault_t lazulite_pfn_mkwrite(struct vm_fault *vmf)
{
	struct lazulite_card *card = vmf->vma->vm_private_data;

	if (!lazulite_cross_border(card))
		return VM_FAULT_NOPAGE;
	if (card->gone)
		return VM_FAULT_NOPAGE;
	mutex_unlock(&card->border);
	return 0;
}

static const struct vm_operations_struct lazulite_vm_ops = {
	.fault = lazulite_fault,
	.page_mkwrite = lazulite_mkwrite,
	.pfn_mkwrite = lazulite_pfn_mkwrite,
};

static int lazulite_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &lazulite_vm_ops;
	return 0;
}

static const struct file_operations lazulite_fops = {
	.mmap = lazulite_mmap,
};

static struct miscdevice lazulite_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "lazulite",
	.fops = &lazulite_fops,
};
module_misc_device(lazulite_device);
MODULE_LICENSE("GPL");
