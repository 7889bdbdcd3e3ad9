// SPDX-License-Identifier: GPL-2.0-only
/*
 * A character device whose fault handler has each of the shapes that drivers give theirs: how it
 * sleeps on a lock, and what it returns when a signal ends the sleep. Each open file has a lock, a
 * page and a count of its own.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "hold.h"

struct shapes {
	struct hold hold;
	struct mutex lock;		/* what the handler waits for */
	struct killify_shape shape;
	struct page *page;
};

static void shapes_lock(struct hold *hold)
{
	mutex_lock(&container_of(hold, struct shapes, hold)->lock);
}

static void shapes_unlock(struct hold *hold)
{
	mutex_unlock(&container_of(hold, struct shapes, hold)->lock);
}

static int sleep_on_lock(struct shapes *shapes)
{
	if (shapes->shape.sleep == KILLIFY_KILLABLE)
		return mutex_lock_killable(&shapes->lock);
	return mutex_lock_interruptible(&shapes->lock);
}

/* 0 with the lock held, or what the handler has to return. */
static vm_fault_t lock_or_retry(struct shapes *shapes, struct vm_fault *vmf)
{
	struct file *file = vmf->vma->vm_file;

	if (mutex_trylock(&shapes->lock))
		return 0;
	if (fault_flag_allow_retry_first(vmf->flags)) {
		if (vmf->flags & FAULT_FLAG_RETRY_NOWAIT)
			return VM_FAULT_RETRY;
		/* Without mmap_lock the mapping may go, and the file with it. */
		get_file(file);
		mmap_read_unlock(vmf->vma->vm_mm);
		if (!sleep_on_lock(shapes))
			mutex_unlock(&shapes->lock);
		fput(file);
		return VM_FAULT_RETRY;
	}
	return sleep_on_lock(shapes) ? VM_FAULT_NOPAGE : 0;
}

static vm_fault_t shapes_fault(struct vm_fault *vmf)
{
	struct shapes *shapes = vmf->vma->vm_private_data;

	atomic64_inc(&shapes->hold.entries);
	if (shapes->shape.result == KILLIFY_RETRY) {
		vm_fault_t result = lock_or_retry(shapes, vmf);

		if (result)
			return result;
	} else if (sleep_on_lock(shapes)) {
		return shapes->shape.result == KILLIFY_SIGBUS ? VM_FAULT_SIGBUS : VM_FAULT_NOPAGE;
	}
	get_page(shapes->page);
	vmf->page = shapes->page;
	mutex_unlock(&shapes->lock);
	return 0;
}

static const struct vm_operations_struct shapes_vm_ops = {
	.fault = shapes_fault,
};

static int shapes_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (vma->vm_pgoff != 0 || vma->vm_end - vma->vm_start != PAGE_SIZE)
		return -EINVAL;
	vma->vm_ops = &shapes_vm_ops;
	vma->vm_private_data = file->private_data;
	return 0;
}

static long shapes_ioctl(struct file *file, unsigned int request, unsigned long argument)
{
	struct shapes *shapes = file->private_data;
	struct killify_shape shape;
	long result = 0;

	if (mutex_lock_interruptible(&shapes->hold.guard))
		return -ERESTARTSYS;
	if (request != KILLIFY_SHAPE)
		result = hold_ioctl(&shapes->hold, request, argument);
	else if (copy_from_user(&shape, (void __user *)argument, sizeof(shape)))
		result = -EFAULT;
	else if (shape.sleep > KILLIFY_KILLABLE || shape.result > KILLIFY_RETRY)
		result = -EINVAL;
	else
		shapes->shape = shape;
	mutex_unlock(&shapes->hold.guard);
	return result;
}

static int shapes_open(struct inode *inode, struct file *file)
{
	struct shapes *shapes = kzalloc(sizeof(*shapes), GFP_KERNEL);

	if (!shapes)
		return -ENOMEM;
	shapes->page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!shapes->page) {
		kfree(shapes);
		return -ENOMEM;
	}
	hold_init(&shapes->hold, shapes_lock, shapes_unlock);
	mutex_init(&shapes->lock);
	file->private_data = shapes;
	return 0;
}

static int shapes_release(struct inode *inode, struct file *file)
{
	struct shapes *shapes = file->private_data;

	hold_stop(&shapes->hold);
	put_page(shapes->page);
	kfree(shapes);
	return 0;
}

static const struct file_operations shapes_fops = {
	.owner = THIS_MODULE,
	.open = shapes_open,
	.release = shapes_release,
	.mmap = shapes_mmap,
	.unlocked_ioctl = shapes_ioctl,
};

static struct miscdevice shapes_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "killify_shapes",
	.fops = &shapes_fops,
};
module_misc_device(shapes_device);

MODULE_DESCRIPTION("Fault handlers that sleep on a lock, in each shape");
MODULE_LICENSE("GPL");
