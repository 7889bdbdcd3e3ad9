// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a comment that would be false afterwards, and a label that nothing would
 * jump to.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>

struct dunlin_port {
	struct mutex lock;
	struct mutex list_lock;
	unsigned int users;
};

static int dunlin_flush(struct file *file, fl_owner_t id)
{
	struct dunlin_port *port = file->private_data;

	/* A signal may end this; the next flush does the work then. */
	if (mutex_lock_interruptible(&port->list_lock))
		return -ERESTARTSYS;
	port->users--;
	mutex_unlock(&port->list_lock);
	return 0;
}

static int dunlin_release(struct inode *inode, struct file *file)
{
	struct dunlin_port *port = file->private_data;

	if (mutex_lock_interruptible(&port->lock))
		goto out;
	port->users = 0;
	mutex_unlock(&port->lock);
out:
	return 0;
}

static const struct file_operations dunlin_fops = {
	.flush = dunlin_flush,
	.release = dunlin_release,
};

static struct miscdevice dunlin_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "dunlin",
	.fops = &dunlin_fops,
};
module_misc_device(dunlin_device);
MODULE_LICENSE("GPL");
