/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_MODULE_H
#define _LINUX_MODULE_H

#include <linux/export.h>
#include <linux/kernel.h>

#ifdef MODULE
#define module_init(function) \
	int init_module(void); \
	int init_module(void) { return function(); }
#define module_exit(function) \
	void cleanup_module(void); \
	void cleanup_module(void) { function(); }
#else
#define module_init(function) \
	int (*__initcall_##function)(void) = function
#define module_exit(function) \
	void (*__exitcall_##function)(void) = function
#endif

#define MODULE_LICENSE(text) \
	static const char __modinfo_license[] __maybe_unused = text

#endif /* _LINUX_MODULE_H */
