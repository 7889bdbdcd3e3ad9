// SPDX-License-Identifier: GPL-2.0-only
/* Ways from a failed lock to VM_FAULT_NOPAGE. */
#include <linux/err.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>

struct titanite_card {
	struct mutex claim;
	struct mutex slot;
	struct mutex lane;
	struct mutex gate;
	bool gone;
	unsigned long pfn;
};

static struct titanite_card *titanite_claim(struct titanite_card *card)
{
	int err = mutex_lock_interruptible(&card->claim);

	return err ? ERR_PTR(err) : card;
}

static int titanite_slot(struct titanite_card *card)
{
	if (mutex_lock_interruptible(&card->slot))
		return -EAGAIN;
	return 0;
}

static vm_fault_t titanite_fault(struct vm_fault *vmf)
{
	struct titanite_card *card = vmf->vma->vm_private_data;
	vm_fault_t ret;
	int err;

	card = titanite_claim(card);
	if (IS_ERR(card))
		return VM_FAULT_NOPAGE;
	err = titanite_slot(card);
	if (err == -EAGAIN) {
		mutex_unlock(&card->claim);
		return VM_FAULT_NOPAGE;
	}
	ret = vmf_insert_pfn(vmf->vma, vmf->address, card->pfn);
	mutex_unlock(&card->slot);
	mutex_unlock(&card->claim);
	return ret;
}

static vm_fault_t titanite_mkwrite(struct vm_fault *vmf)
{
	struct titanite_card *card = vmf->vma->vm_private_data;

	if (!mutex_lock_interruptible(&card->lane))
		goto held;
	return VM_FAULT_NOPAGE;

held:
	mutex_unlock(&card->lane);
	return 0;
}

/* What it returns may be what vmf_insert_pfn() says, too. */
static vm_fault_t titanite_pfn_mkwrite(struct vm_fault *vmf)
{
	struct titanite_card *card = vmf->vma->vm_private_data;
	vm_fault_t ret = VM_FAULT_NOPAGE;

	if (!mutex_lock_interruptible(&card->gate)) {
		ret = vmf_insert_pfn(vmf->vma, vmf->address, card->pfn);
		mutex_unlock(&card->gate);
	}
	return ret;
}

static const struct vm_operations_struct titanite_vm_ops = {
	.fault = titanite_fault,
	.page_mkwrite = titanite_mkwrite,
	.pfn_mkwrite = titanite_pfn_mkwrite,
};

static int titanite_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_private_data = file->private_data;
	vma->vm_ops = &titanite_vm_ops;
	return 0;
}

static const struct file_operations titanite_fops = {
	.mmap = titanite_mmap,
};

static struct miscdevice titanite_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "titanite",
	.fops = &titanite_fops,
};
module_misc_device(titanite_device);
MODULE_LICENSE("GPL");
