/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_KERNEL_H
#define _LINUX_KERNEL_H

#include <linux/errno.h>
#include <linux/types.h>

#define offsetof(type, member) __builtin_offsetof(type, member)
#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

void might_sleep(void);
int printk(const char *format, ...) __attribute__((__format__(__printf__, 1, 2)));
#define pr_info(...) printk(KBUILD_MODNAME ": " __VA_ARGS__)

#endif /* _LINUX_KERNEL_H */
