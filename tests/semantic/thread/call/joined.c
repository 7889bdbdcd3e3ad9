// -D fn=pond_drain_state -D callee=pond_wait_interruptible -D renamed=pond_wait_state -D index=1 -D value=state -D context_field=intr -D to=state
int pond_drain_state(struct pond *pond, struct pond_ctx *ctx, unsigned int state)
{
	int err;

	err = pond_wait_interruptible(pond_neighbour(pond), ctx->intr,
				      pond->patience);
	if (pond_wait_interruptible(pond, ctx->intr,
				    pond->patience))
		return -EBUSY;
	err = pond_wait_interruptible(pond_of_all_neighbours(pond), ctx->intr,
				      pond->patience_with_them);
	return pond_wait_interruptible(pond_neighbour(pond), ctx->intr, /* or not */
				       pond->patience);
}
