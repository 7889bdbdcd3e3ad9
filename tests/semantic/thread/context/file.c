// -D context=pond_ctx -D context_field=intr -D to=state
static int pond_try(struct pond_ctx *ctx)
{
	struct pond_ctx local = {.intr = false};

	ctx->intr = true;
	return pond_lock(&local);
}

void pond_ctx_init(struct pond_ctx *ctx, bool intr)
{
	ctx->intr = intr;
}
