// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a thread that takes a signal.
 */
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/signal.h>
#include <linux/wait.h>

struct bittern_sensor {
	struct task_struct *task;
	wait_queue_head_t bittern_wait;
	bool ready;
};

static struct bittern_sensor bittern_sensor;

static int bittern_thread(void *data)
{
	struct bittern_sensor *sensor = data;

	allow_signal(SIGKILL);
	while (!kthread_should_stop()) {
		if (wait_event_interruptible(sensor->bittern_wait, sensor->ready))
			break;
		sensor->ready = false;
	}
	return 0;
}

static int bittern_open(struct inode *inode, struct file *file)
{
	bittern_sensor.task = kthread_run(bittern_thread, &bittern_sensor, "bittern");
	return IS_ERR(bittern_sensor.task) ? -ENOMEM : 0;
}

static const struct file_operations bittern_fops = {
	.open = bittern_open,
};

static struct miscdevice bittern_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "bittern",
	.fops = &bittern_fops,
};
module_misc_device(bittern_device);
MODULE_LICENSE("GPL");
