// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: the fault handler of a special mapping.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>

struct iron_page {
	struct mutex lock;
	struct page *page;
};

static struct iron_page iron_page;

static vm_fault_t iron_fault(const struct vm_special_mapping *sm, struct vm_area_struct *vma,
			     struct vm_fault *vmf)
{
	vm_fault_t ret;

	if (mutex_lock_interruptible(&iron_page.lock))
		return VM_FAULT_NOPAGE;
	ret = vmf_insert_page(vma, vmf->address, iron_page.page);
	mutex_unlock(&iron_page.lock);
	return ret;
}

static const struct vm_special_mapping iron_mapping = {
	.name = "[iron]",
	.fault = iron_fault,
};

static long iron_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct vm_area_struct *vma;

	vma = _install_special_mapping(current->mm, arg, PAGE_SIZE, 0, &iron_mapping);
	return IS_ERR(vma) ? PTR_ERR(vma) : 0;
}

static const struct file_operations iron_fops = {
	.unlocked_ioctl = iron_ioctl,
};

static struct miscdevice iron_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "iron",
	.fops = &iron_fops,
};
module_misc_device(iron_device);
MODULE_LICENSE("GPL");
