// -D fn=granite_fault -D context=granite_ctx -D to=state -D index=1
int granite_fault(struct granite_object *obj)
{
	struct granite_ctx ctx = { TASK_INTERRUPTIBLE, TASK_INTERRUPTIBLE, false };
	struct granite_ctx other = { 0, TASK_UNINTERRUPTIBLE };
	struct marble_ctx marble = { 0, TASK_INTERRUPTIBLE };

	return granite_reserve(obj, &ctx) ?: marble_reserve(obj, &marble);
}

int granite_ioctl(struct granite_object *obj)
{
	struct granite_ctx ctx = { 0, TASK_INTERRUPTIBLE };

	return granite_reserve(obj, &ctx);
}
