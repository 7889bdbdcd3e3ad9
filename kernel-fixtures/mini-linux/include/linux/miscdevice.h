/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_MISCDEVICE_H
#define _LINUX_MISCDEVICE_H

#include <linux/fs.h>

#define MISC_DYNAMIC_MINOR 255

struct miscdevice {
	int minor;
	const char *name;
	const struct file_operations *fops;
};

int misc_register(struct miscdevice *misc);
void misc_deregister(struct miscdevice *misc);

/* The module's whole life: the device comes and goes with it. */
#define module_misc_device(device) \
	static int __init device##_init(void) \
	{ \
		return misc_register(&(device)); \
	} \
	module_init(device##_init); \
	static void __exit device##_exit(void) \
	{ \
		misc_deregister(&(device)); \
	} \
	module_exit(device##_exit)

#endif /* _LINUX_MISCDEVICE_H */
