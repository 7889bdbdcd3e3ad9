// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a loop that waits again for as long as a signal is pending, and a wake-up
 * that reaches interruptible sleepers only.
 */
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/wait.h>

struct curlew_port {
	wait_queue_head_t idle_wait;
	bool idle;
};

static irqreturn_t curlew_irq(int irq, void *data)
{
	struct curlew_port *port = data;

	port->idle = true;
	wake_up_interruptible(&port->idle_wait);
	return IRQ_HANDLED;
}

static int curlew_open(struct inode *inode, struct file *file)
{
	return request_irq(5, curlew_irq, 0, "curlew", file->private_data);
}

static int curlew_release(struct inode *inode, struct file *file)
{
	struct curlew_port *port = file->private_data;

	while (wait_event_interruptible(port->idle_wait, port->idle))
		;

	port->idle = false;
	return 0;
}

static const struct file_operations curlew_fops = {
	.open = curlew_open,
	.release = curlew_release,
};

static struct miscdevice curlew_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "curlew",
	.fops = &curlew_fops,
};
module_misc_device(curlew_device);
MODULE_LICENSE("GPL");
