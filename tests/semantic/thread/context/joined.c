// -D fn=pond_enter -D context=pond_ctx -D context_field=intr -D to=state
long pond_enter(struct pond *pond, struct pond_ctx *ctx)
{
	struct pond_ctx local = { .intr = ctx->intr };
	DEFINE_WAIT(wait);

	prepare_to_wait(&pond->queue, &wait,
			ctx->intr ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE);
	prepare_to_wait(&pond->queue, &wait,
			ctx->intr ? TASK_INTERRUPTIBLE : /* or so */ TASK_UNINTERRUPTIBLE);
	if (pond->ops->wait(pond, (local.intr ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE),
			    pond->patience))
		return -EINTR;
	/* It did fit. */
	wait_on(pond,
		ctx->intr ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE);
	/* It still does not. */
	return pond->ops->wait_for_all_of_them(pond, ctx->intr ? TASK_INTERRUPTIBLE :
					       TASK_UNINTERRUPTIBLE, pond->patience_with_all);
}
