// SPDX-License-Identifier: GPL-2.0-only
/*
 * Holds the reservation of a buffer object of a real DRM driver, as its other users do while they
 * work on it, and counts how often the fault handler of the object's mapping runs. Knows no driver:
 * the handler is what the mapping's vm_ops name, and a kprobe counts it.
 */
#include <linux/dma-resv.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kprobes.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>

#include <drm/drm.h>
#include <drm/drm_file.h>
#include <drm/drm_gem.h>

#include "hold.h"

/* Documentation/admin-guide/devices.txt; the headers of the kernel keep it to the DRM core. */
#define DRM_DEVICES 226

struct gem {
	struct hold hold;
	struct drm_gem_object *object;
	struct kprobe probe;	/* on the handler; its address is NULL before */
};

static void gem_lock(struct hold *hold)
{
	dma_resv_lock(container_of(hold, struct gem, hold)->object->resv, NULL);
}

static void gem_unlock(struct hold *hold)
{
	dma_resv_unlock(container_of(hold, struct gem, hold)->object->resv);
}

static int count_entry(struct kprobe *probe, struct pt_regs *regs)
{
	atomic64_inc(&container_of(probe, struct gem, probe)->hold.entries);
	return 0;
}
NOKPROBE_SYMBOL(count_entry);

static void gem_unwatch(struct gem *gem)
{
	if (gem->probe.addr)
		unregister_kprobe(&gem->probe);
	memset(&gem->probe, 0, sizeof(gem->probe));
}

/* Counts the handler of the mapping at watch->address from now on, and tells its name. */
static int gem_watch(struct gem *gem, struct killify_watch *watch)
{
	struct vm_area_struct *vma;
	void *handler = NULL;
	int result;

	mmap_read_lock(current->mm);
	vma = find_vma(current->mm, watch->address);
	if (vma && vma->vm_start <= watch->address && vma->vm_ops)
		handler = vma->vm_ops->fault;
	mmap_read_unlock(current->mm);
	if (!handler)
		return -EINVAL;
	gem_unwatch(gem);
	gem->probe.addr = handler;
	gem->probe.pre_handler = count_entry;
	result = register_kprobe(&gem->probe);
	if (result) {
		memset(&gem->probe, 0, sizeof(gem->probe));
		return result;
	}
	snprintf(watch->handler, sizeof(watch->handler), "%ps", handler);
	return 0;
}

static int gem_choose(struct gem *gem, const struct killify_object *chosen)
{
	struct drm_gem_object *object = NULL;
	struct file *drm = fget(chosen->drm);

	if (!drm)
		return -EBADF;
	if (imajor(file_inode(drm)) == DRM_DEVICES)
		object = drm_gem_object_lookup(drm->private_data, chosen->handle);
	fput(drm);
	if (!object)
		return -ENOENT;
	hold_stop(&gem->hold);
	if (gem->object)
		drm_gem_object_put(gem->object);
	gem->object = object;
	return 0;
}

static long gem_request(struct gem *gem, unsigned int request, unsigned long argument)
{
	void __user *user = (void __user *)argument;
	struct killify_object chosen;
	struct killify_watch watch;
	int result;

	switch (request) {
	case KILLIFY_OBJECT:
		if (copy_from_user(&chosen, user, sizeof(chosen)))
			return -EFAULT;
		return gem_choose(gem, &chosen);
	case KILLIFY_WATCH:
		if (copy_from_user(&watch, user, sizeof(watch)))
			return -EFAULT;
		result = gem_watch(gem, &watch);
		if (result)
			return result;
		return copy_to_user(user, &watch, sizeof(watch)) ? -EFAULT : 0;
	case KILLIFY_HOLD:
		if (!gem->object)
			return -EINVAL;
		break;
	}
	return hold_ioctl(&gem->hold, request, argument);
}

static long gem_ioctl(struct file *file, unsigned int request, unsigned long argument)
{
	struct gem *gem = file->private_data;
	long result;

	if (mutex_lock_interruptible(&gem->hold.guard))
		return -ERESTARTSYS;
	result = gem_request(gem, request, argument);
	mutex_unlock(&gem->hold.guard);
	return result;
}

static int gem_open(struct inode *inode, struct file *file)
{
	struct gem *gem = kzalloc(sizeof(*gem), GFP_KERNEL);

	if (!gem)
		return -ENOMEM;
	hold_init(&gem->hold, gem_lock, gem_unlock);
	file->private_data = gem;
	return 0;
}

static int gem_release(struct inode *inode, struct file *file)
{
	struct gem *gem = file->private_data;

	hold_stop(&gem->hold);
	gem_unwatch(gem);
	if (gem->object)
		drm_gem_object_put(gem->object);
	kfree(gem);
	return 0;
}

static const struct file_operations gem_fops = {
	.owner = THIS_MODULE,
	.open = gem_open,
	.release = gem_release,
	.unlocked_ioctl = gem_ioctl,
};

static struct miscdevice gem_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "killify_gem",
	.fops = &gem_fops,
};
module_misc_device(gem_device);

MODULE_DESCRIPTION("Holds a buffer object's reservation and counts its fault handler");
MODULE_LICENSE("GPL");
