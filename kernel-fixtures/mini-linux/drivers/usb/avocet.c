// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a helper that an ioctl calls, too. There a signal is right to end the wait.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/semaphore.h>

struct avocet_port {
	struct semaphore slots;
	unsigned int used;
};

static int avocet_take(struct avocet_port *port)
{
	if (down_interruptible(&port->slots))
		return -ERESTARTSYS;
	port->used++;
	return 0;
}

static long avocet_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return avocet_take(file->private_data);
}

static int avocet_release(struct inode *inode, struct file *file)
{
	return avocet_take(file->private_data);
}

static const struct file_operations avocet_fops = {
	.unlocked_ioctl = avocet_ioctl,
	.release = avocet_release,
};

static struct miscdevice avocet_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "avocet",
	.fops = &avocet_fops,
};
module_misc_device(avocet_device);
MODULE_LICENSE("GPL");
