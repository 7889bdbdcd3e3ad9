// -D fn=pond_use_state -D context=pond_ctx -D context_field=intr -D to=state -D flag=true -D value=state
int pond_other(struct pond *pond)
{
	struct pond_ctx ctx = { .pond = pond };

	return pond_wait(pond, &ctx);
}

int pond_use_state(struct pond *pond, unsigned int state)
{
	struct pond_ctx ctx = { .intr = true, .pond = pond };
	struct pond_ctx one = {.intr = 1};
	struct pond_ctx deaf = { .intr = false };
	struct pond_ctx passed = { .intr = pond->intr };
	struct pond_ctx mute = { .pond = pond };
	struct pond_ctx rows = {
		.pond = pond,
		.depth = pond->depth, /* in metres */
	};
	const struct pond_ctx long_one = { .pond = pond, .depth = pond->depth_of_it };
	struct pond_ctx nested = {
		.range = { 0, 1 },
		.pond = pond,
	};
#ifdef CONFIG_POND_DEEP
	struct pond_ctx deep = { .depth = 2, .pond = pond };
#endif
	struct pool_ctx pool = { .pond = pond };
	struct pond_ctx later;

	later.intr = true;
	if ((later.intr = pond->intr))
		goto out;
	ctx.pond = pond;
out:
	return pond_wait(pond, &ctx);
}
