// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a release method that goes on without what it waited for; a helper of its
 * own waits, for a time that is bounded.
 */
#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

struct plover_port {
	struct completion drained;
	void *ring;
};

static void plover_drain(struct plover_port *port)
{
	long left;

	left = wait_for_completion_interruptible_timeout(&port->drained,
							 2 * HZ);
	if (left <= 0)
		pr_info("the ring is not empty\n");
	port->ring = NULL;
}

static int plover_release(struct inode *inode, struct file *file)
{
	plover_drain(file->private_data);
	return 0;
}

static const struct file_operations plover_fops = {
	.release = plover_release,
};

static struct miscdevice plover_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "plover",
	.fops = &plover_fops,
};
module_misc_device(plover_device);
MODULE_LICENSE("GPL");
