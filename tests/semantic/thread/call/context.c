// -D fn=pond_lock -D callee=__pond_lock -D renamed=pond_lock_state -D value=state -D index=2 -D context_field=intr -D context=pond_ctx -D to=state
static int pond_lock(struct pond *pond, struct pond_ctx *ctx, struct pond_queue *queue)
{
	struct pond_ctx local = *ctx;
	int err;

	err = __pond_lock(pond, ctx, ctx->intr);
	if (!err && __pond_lock(pond, &local, local.intr))
		return -EBUSY;
	err = __pond_lock(pond, queue->ctx, queue->intr);
	err = __pond_lock(pond, ctx, !ctx->intr);
	err = __pond_lock(pond, ctx, queue && ctx->intr);
	err = __pond_lock(pond, ctx, true);
	if (err)
		return __pond_lock(pond->next, ctx,
				   ctx && ctx->intr);
	return __pond_lock(pond, ctx, ctx && ctx->intr);
}
