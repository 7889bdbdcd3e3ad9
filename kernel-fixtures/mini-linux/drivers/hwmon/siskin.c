// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a thread that a function of the driver starts, and a wait whose result is
 * what is left of the time. Its wake-up reaches every sleeper.
 */
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/wait.h>

struct siskin_sensor {
	struct task_struct *task;
	wait_queue_head_t siskin_wait;
	bool ready;
	long left;
};

static struct siskin_sensor siskin_sensor;

static struct task_struct *siskin_start(int (*thread)(void *data), const char *name)
{
	wake_up(&siskin_sensor.siskin_wait);
	return kthread_run(thread, &siskin_sensor, name);
}

static int siskin_thread(void *data)
{
	struct siskin_sensor *sensor = data;

	do {
		sensor->left = wait_event_interruptible_timeout(sensor->siskin_wait, sensor->ready, HZ);
	} while (!kthread_should_stop());
	return 0;
}

static int siskin_open(struct inode *inode, struct file *file)
{
	siskin_sensor.task = siskin_start(siskin_thread, "siskin");
	return IS_ERR(siskin_sensor.task) ? -ENOMEM : 0;
}

static const struct file_operations siskin_fops = {
	.open = siskin_open,
};

static struct miscdevice siskin_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "siskin",
	.fops = &siskin_fops,
};
module_misc_device(siskin_device);
MODULE_LICENSE("GPL");
