// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows: a function that is defined twice, with an export of each kind; one of
 * them sleeps in a static slow path.
 */
#include <linux/export.h>
#include <linux/sched.h>
#include <linux/ww_mutex.h>

static int __ww_mutex_lock(struct ww_mutex *lock, unsigned int state,
			   struct ww_acquire_ctx *ctx)
{
	if (ctx && ctx == lock->ctx)
		return -EALREADY;
	return __mutex_lock(&lock->base, state);
}

#ifdef CONFIG_DEBUG_LOCK_ALLOC
int ww_mutex_lock_interruptible(struct ww_mutex *lock,
				struct ww_acquire_ctx *ctx)
{
	int ret;

	ret = __ww_mutex_lock(lock, TASK_INTERRUPTIBLE,
			      ctx);
	if (!ret && ctx)
		ctx->stamp++;

	return ret;
}
EXPORT_SYMBOL_GPL(ww_mutex_lock_interruptible);

#else
static noinline int
__ww_mutex_lock_interruptible_slowpath(struct ww_mutex *lock,
				       struct ww_acquire_ctx *ctx)
	__cond_acquires(0, lock)
{
	return __ww_mutex_lock(lock, TASK_INTERRUPTIBLE, ctx);
}

int
ww_mutex_lock_interruptible(struct ww_mutex *lock, struct ww_acquire_ctx *ctx)
{
	if (mutex_trylock(&lock->base))
		return 0;

	return __ww_mutex_lock_interruptible_slowpath(lock, ctx);
}

EXPORT_SYMBOL(ww_mutex_lock_interruptible);
#endif
