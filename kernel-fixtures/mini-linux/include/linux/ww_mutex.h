/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_WW_MUTEX_H
#define _LINUX_WW_MUTEX_H

#include <linux/errno.h>
#include <linux/mutex.h>

struct ww_acquire_ctx {
	unsigned long stamp;
};

struct ww_mutex {
	struct mutex base;
	struct ww_acquire_ctx *ctx;
};

int __must_check ww_mutex_lock(struct ww_mutex *lock, struct ww_acquire_ctx *ctx);

/**
 * ww_mutex_lock_interruptible - take a wait/wound mutex, interruptible
 * @lock: the mutex
 * @ctx: what the caller has taken so far, or NULL
 *
 * Return: 0, or -EDEADLK if the caller has to let go of what it has taken and to
 * call ww_mutex_lock_slow_interruptible(), or -EINTR if a signal arrives while it
 * waits.
 */
extern int __must_check ww_mutex_lock_interruptible(struct ww_mutex *lock,
						    struct ww_acquire_ctx *ctx)
	__cond_acquires(0, lock) __must_hold(ctx);
void ww_mutex_unlock(struct ww_mutex *lock);

/**
 * ww_mutex_lock_slow_interruptible - take the mutex that was in the way
 * @lock: the mutex
 * @ctx: without anything that is taken
 */
static inline int __must_check
ww_mutex_lock_slow_interruptible(struct ww_mutex *lock, struct ww_acquire_ctx *ctx)
	__cond_acquires(0, lock) __must_hold(ctx)
{
#ifdef CONFIG_DEBUG_LOCK_ALLOC
	ctx->stamp++;
#endif
	return ww_mutex_lock_interruptible(lock, ctx);
}

#endif /* _LINUX_WW_MUTEX_H */
