// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a kernel thread that waits interruptibly only so as not to count as load,
 * and a wake-up that reaches interruptible sleepers only.
 */
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/wait.h>

struct redwing_sensor {
	struct task_struct *task;
	wait_queue_head_t redwing_wait;
	bool ready;
};

static struct redwing_sensor redwing_sensor;

static irqreturn_t redwing_irq(int irq, void *data)
{
	redwing_sensor.ready = true;
	wake_up_interruptible(&redwing_sensor.redwing_wait);
	return IRQ_HANDLED;
}

static int redwing_thread(void *data)
{
	struct redwing_sensor *sensor = data;

	while (!kthread_should_stop()) {
		wait_event_interruptible(sensor->redwing_wait, sensor->ready || kthread_should_stop());
		sensor->ready = false;
	}
	return request_irq(9, redwing_irq, 0, "redwing", sensor);
}

static int redwing_open(struct inode *inode, struct file *file)
{
	redwing_sensor.task = kthread_run(redwing_thread, &redwing_sensor, "redwing");
	return IS_ERR(redwing_sensor.task) ? -ENOMEM : 0;
}

static const struct file_operations redwing_fops = {
	.open = redwing_open,
};

static struct miscdevice redwing_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "redwing",
	.fops = &redwing_fops,
};
module_misc_device(redwing_device);
MODULE_LICENSE("GPL");
