// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a wait without a bound. A signal is the only way out of it where the device
 * is gone.
 */
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/wait.h>

struct godwit_port {
	wait_queue_head_t quiet_wait;
	bool quiet;
};

static irqreturn_t godwit_irq(int irq, void *data)
{
	struct godwit_port *port = data;

	port->quiet = true;
	wake_up(&port->quiet_wait);
	return IRQ_HANDLED;
}

static int godwit_open(struct inode *inode, struct file *file)
{
	return request_irq(6, godwit_irq, 0, "godwit", file->private_data);
}

static int godwit_release(struct inode *inode, struct file *file)
{
	struct godwit_port *port = file->private_data;

	if (wait_event_interruptible(port->quiet_wait, port->quiet))
		return -EINTR;
	port->quiet = false;
	return 0;
}

static const struct file_operations godwit_fops = {
	.open = godwit_open,
	.release = godwit_release,
};

static struct miscdevice godwit_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "godwit",
	.fops = &godwit_fops,
};
module_misc_device(godwit_device);
MODULE_LICENSE("GPL");
