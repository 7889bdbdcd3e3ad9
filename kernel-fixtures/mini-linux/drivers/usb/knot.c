// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: results that are used again. In flush(), the variable is what is returned.
 * In release(), it is set anew.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>

struct knot_port {
	struct mutex lock;
	struct rw_semaphore table;
	int error;
};

static int knot_flush(struct file *file, fl_owner_t id)
{
	struct knot_port *port = file->private_data;
	int ret;

	ret = mutex_lock_interruptible(&port->lock);
	if (ret)
		return ret;
	if (port->error)
		ret = port->error;
	mutex_unlock(&port->lock);
	return ret;
}

static int knot_release(struct inode *inode, struct file *file)
{
	struct knot_port *port = file->private_data;
	int ret;

	ret = down_read_interruptible(&port->table);
	if (ret)
		return ret;
	ret = port->error;
	up_read(&port->table);
	return ret;
}

static const struct file_operations knot_fops = {
	.flush = knot_flush,
	.release = knot_release,
};

static struct miscdevice knot_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "knot",
	.fops = &knot_fops,
};
module_misc_device(knot_device);
MODULE_LICENSE("GPL");
