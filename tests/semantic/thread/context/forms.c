// -D fn=pond_ctx_use -D context=pond_ctx -D context_field=intr -D to=state -D flag=intr -D value=state -D primitives=dma_resv_lock_slow_interruptible,mutex_lock_interruptible
int pond_ctx_use(struct pond_ctx *ctx, struct pond *pond, unsigned int state)
{
	struct pond_ctx local = { .intr = true, .pond = pond };
	struct pond_ctx another = {
		.pond = pond,
		.intr = intr, /* as userspace wants it */
	};
	struct pond_ctx third = {
		.intr = pond->flags & POND_INTERRUPTIBLE,
		.pond = pond,
	};
	int ret = 0;

	ctx->intr = intr;
	ctx->contended = NULL;
	local.intr = false;
	local.intr = ctx->intr;
	another.intr = !pond_is_kernel(pond);
	if (WARN_ON(!ctx->contended))
		return -EINVAL;
	WARN_ON(ctx && !ctx->intr);

	if (ctx->intr)
		ret = dma_resv_lock_slow_interruptible(ctx->contended->resv, &ctx->ww);
	else
		dma_resv_lock_slow(ctx->contended->resv, &ctx->ww);

	if (local.intr) {
		ret = mutex_lock_interruptible(&pond->lock);
		if (ret)
			goto out;
	} else {
		mutex_lock(&pond->lock);
	}

#ifdef CONFIG_POND_DEEP
	if (ctx->intr && signal_pending(current))
		return -ERESTARTSYS;
#endif
	set_current_state(ctx->intr ? TASK_INTERRUPTIBLE :
				      TASK_UNINTERRUPTIBLE);
	if (!ctx->intr && pond->deep)
		pond_trace(pond);
	if (pond->deep || unlikely(local.intr))
		pond_trace(pond);

	/* A flag that is passed on, or guards what may sleep. */
	while (ret && ctx->intr)
		ret = pond_trace(pond);
	ret = __pond_lock(pond, ctx, ctx && ctx->intr);
	wait_flags = ctx->intr ? POND_INTERRUPTIBLE : 0;
	if (ctx->intr)
		ret = down_interruptible(&pond->sem);
	/* Others. */
	pond->intr = true;
	if (pond->intr)
		return 0;
out:
	return ret;
}

void pond_ctx_init(struct pond_ctx *ctx, bool intr)
{
	ctx->intr = intr;
}
