// -D fn=ww_lock_killable -D calls=slow_interruptible:slow_killable,signal_pending:fatal_signal_pending
static noinline int __sched
slow_killable(struct lock *lock)
{
	return lock_common(lock, TASK_INTERRUPTIBLE);
}

#ifdef CONFIG_DEBUG
int __sched
ww_lock_killable(struct lock *lock, struct context *ctx)
{
	int ret;

	might_sleep();
	/* TASK_INTERRUPTIBLE stays in a comment */
	ret =  lock_common(lock, TASK_INTERRUPTIBLE,
			   ctx);
#ifdef CONFIG_WATCH
	if (signal_pending(current))
		watch(TASK_INTERRUPTIBLE, "TASK_INTERRUPTIBLE");
#endif
	return ret;
}
EXPORT_SYMBOL_GPL(ww_lock_killable);
#else
int ww_lock_killable(struct lock *lock, struct context *ctx)
{
	if (fast(lock))
		return 0;
	return slow_interruptible(lock) ?: slow_interruptible(ctx->lock);
}
#endif

int ww_lock_interruptible(struct lock *lock, struct context *ctx)
{
	return slow_interruptible(lock);
}
