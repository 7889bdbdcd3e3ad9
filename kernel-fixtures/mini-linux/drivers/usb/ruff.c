// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: innocence. release() sleeps uninterruptibly; only read() can be ended by a
 * signal.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>

struct ruff_port {
	struct mutex lock;
	size_t bytes;
};

static ssize_t ruff_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	struct ruff_port *port = file->private_data;

	if (mutex_lock_interruptible(&port->lock))
		return -ERESTARTSYS;
	len = port->bytes;
	mutex_unlock(&port->lock);
	return len;
}

static int ruff_release(struct inode *inode, struct file *file)
{
	struct ruff_port *port = file->private_data;

	mutex_lock(&port->lock);
	port->bytes = 0;
	mutex_unlock(&port->lock);
	return 0;
}

static const struct file_operations ruff_fops = {
	.read = ruff_read,
	.release = ruff_release,
};

static struct miscdevice ruff_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "ruff",
	.fops = &ruff_fops,
};
module_misc_device(ruff_device);
MODULE_LICENSE("GPL");
