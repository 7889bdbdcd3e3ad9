// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a release method that gives up its work where a signal is pending. Its
 * variable has no other use.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>

struct heron_port {
	struct mutex lock;
	bool busy;
};

static int heron_release(struct inode *inode, struct file *file)
{
	struct heron_port *port = file->private_data;
	int err;

	err = mutex_lock_interruptible(&port->lock);
	if (err < 0)
		return err;

	port->busy = false;
	mutex_unlock(&port->lock);
	return 0;
}

static const struct file_operations heron_fops = {
	.release = heron_release,
};

static struct miscdevice heron_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "heron",
	.fops = &heron_fops,
};
module_misc_device(heron_device);
MODULE_LICENSE("GPL");
