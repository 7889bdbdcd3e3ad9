// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a wait that a thread shares with a method of a file, which signals may end.
 */
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/wait.h>

struct dipper_sensor {
	struct task_struct *task;
	wait_queue_head_t dipper_queue;
	bool ready;
};

static struct dipper_sensor dipper_sensor;

static int dipper_wait(struct dipper_sensor *sensor)
{
	return wait_event_interruptible(sensor->dipper_queue, sensor->ready);
}

static long dipper_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return dipper_wait(&dipper_sensor);
}

static int dipper_thread(void *data)
{
	while (!kthread_should_stop())
		dipper_wait(data);
	return 0;
}

static int dipper_open(struct inode *inode, struct file *file)
{
	dipper_sensor.task = kthread_run(dipper_thread, &dipper_sensor, "dipper");
	return IS_ERR(dipper_sensor.task) ? -ENOMEM : 0;
}

static const struct file_operations dipper_fops = {
	.open = dipper_open,
	.unlocked_ioctl = dipper_ioctl,
};

static struct miscdevice dipper_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "dipper",
	.fops = &dipper_fops,
};
module_misc_device(dipper_device);
MODULE_LICENSE("GPL");
