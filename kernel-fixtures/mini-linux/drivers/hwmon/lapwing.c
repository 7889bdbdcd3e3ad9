// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a thread that the freezer stops, which has to wake it.
 */
#include <linux/freezer.h>
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/wait.h>

struct lapwing_sensor {
	struct task_struct *task;
	wait_queue_head_t lapwing_wait;
	bool ready;
};

static struct lapwing_sensor lapwing_sensor;

static int lapwing_thread(void *data)
{
	struct lapwing_sensor *sensor = data;

	set_freezable();
	while (!kthread_should_stop()) {
		wait_event_interruptible(sensor->lapwing_wait, sensor->ready);
		try_to_freeze();
	}
	return 0;
}

static int lapwing_open(struct inode *inode, struct file *file)
{
	lapwing_sensor.task = kthread_run(lapwing_thread, &lapwing_sensor, "lapwing");
	return IS_ERR(lapwing_sensor.task) ? -ENOMEM : 0;
}

static const struct file_operations lapwing_fops = {
	.open = lapwing_open,
};

static struct miscdevice lapwing_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "lapwing",
	.fops = &lapwing_fops,
};
module_misc_device(lapwing_device);
MODULE_LICENSE("GPL");
