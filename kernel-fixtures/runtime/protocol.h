/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the modules of the experiment and the program that drives them say to each other. Both
 * modules hold a lock in a thread of their own and count how often a fault handler runs; a device
 * that is open is one lock and one count.
 */
#ifndef KILLIFY_PROTOCOL_H
#define KILLIFY_PROTOCOL_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* How the fault handler of killify_shapes sleeps, and what it returns when a signal ends the sleep. */
enum killify_sleep { KILLIFY_INTERRUPTIBLE, KILLIFY_KILLABLE };
enum killify_result {
	KILLIFY_NOPAGE,
	KILLIFY_SIGBUS,
	/*
	 * As TTM does it: sleeps without mmap_lock and returns VM_FAULT_RETRY the first time, sleeps
	 * with it and returns VM_FAULT_NOPAGE the second time.
	 */
	KILLIFY_RETRY,
};

struct killify_shape {
	__u32 sleep;	/* enum killify_sleep */
	__u32 result;	/* enum killify_result */
};

/* The buffer object whose reservation killify_gem holds. */
struct killify_object {
	__s32 drm;	/* an open DRM device */
	__u32 handle;	/* of the object, as that file knows it */
};

#define KILLIFY_ANY_CPU (-1)
#define KILLIFY_SYMBOL 64

/* The handler of the mapping at an address of the caller: asked for, then counted. */
struct killify_watch {
	__u64 address;
	char handler[KILLIFY_SYMBOL];
};

/* Takes the lock on a CPU (or any), sets the count to 0; returns when the lock is held. */
#define KILLIFY_HOLD _IOW('k', 1, __s32)
/* Lets the holder go on; does not wait for it. */
#define KILLIFY_RELEASE _IO('k', 2)
/* 1 when the holder has given the lock back (or never had it), 0 before. */
#define KILLIFY_FREE _IO('k', 3)
/* Moves the holder to another CPU. */
#define KILLIFY_MOVE _IOW('k', 4, __s32)
/* How often the handler ran since KILLIFY_HOLD. */
#define KILLIFY_ENTRIES _IOR('k', 5, __u64)

#define KILLIFY_SHAPE _IOW('k', 16, struct killify_shape)	/* killify_shapes */
#define KILLIFY_OBJECT _IOW('k', 17, struct killify_object)	/* killify_gem */
#define KILLIFY_WATCH _IOWR('k', 18, struct killify_watch)	/* killify_gem */

#endif
