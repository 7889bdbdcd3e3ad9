// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a thread that cannot be told: which function is started stands in a
 * variable.
 */
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/wait.h>

struct fieldfare_sensor {
	struct task_struct *task;
	wait_queue_head_t fieldfare_wait;
	bool ready;
};

static struct fieldfare_sensor fieldfare_sensor;

static int fieldfare_thread(void *data)
{
	struct fieldfare_sensor *sensor = data;

	wait_event_interruptible(sensor->fieldfare_wait, sensor->ready);
	return 0;
}

static int (*fieldfare_work)(void *data) = fieldfare_thread;

static int fieldfare_open(struct inode *inode, struct file *file)
{
	fieldfare_sensor.task = kthread_run(fieldfare_work, &fieldfare_sensor, "fieldfare");
	return IS_ERR(fieldfare_sensor.task) ? -ENOMEM : 0;
}

static const struct file_operations fieldfare_fops = {
	.open = fieldfare_open,
};

static struct miscdevice fieldfare_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "fieldfare",
	.fops = &fieldfare_fops,
};
module_misc_device(fieldfare_device);
MODULE_LICENSE("GPL");
