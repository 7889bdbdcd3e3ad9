// -D fn=granite_move_state -D context=granite_ctx -D context_field=interruptible -D to=state -D index=1 -D flag=interruptible -D value=state
int granite_move_state(struct granite_object *obj, unsigned int state, bool no_wait)
{
	struct granite_ctx ctx = { no_wait, interruptible };
	struct granite_ctx cleared = { 0 };
	struct granite_ctx short_of_it = { true };
	struct granite_ctx interrupted = { no_wait, true, granite_places(obj, no_wait) };

	return granite_reserve(obj, &ctx);
}
