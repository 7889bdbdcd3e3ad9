// -D fn=granite_move -D context=granite_ctx -D context_field=interruptible -D to=state -D index=0
struct granite_ctx {
	unsigned int state;
	bool no_wait;
};

int granite_move(struct granite_object *obj, struct granite_ctx *given, bool interruptible, bool kernel)
{
	struct granite_ctx a = { false, false };
	struct granite_ctx b = {true, false };
	struct granite_ctx c = { interruptible, false };
	struct granite_ctx d = { false, true }, e = { interruptible, true };
	struct granite_ctx z = { 0 };
	struct granite_ctx f = {};
	struct granite_ctx g = { !kernel, false };
	struct granite_ctx h = { given->interruptible, false };
	struct granite_ctx i = { granite_may_be_interrupted(obj), given->no_wait };
	struct granite_ctx j = {
		interruptible,
		false,
	};
	struct granite_ctx k = { /* no signals */ false, false };
	struct granite_ctx l = { .no_wait = true };
	struct granite_ctx m = { obj->count > 1 && !kernel, false };
	struct other_ctx n = { false, false };

	if (kernel) {
		struct granite_ctx inner = { interruptible, kernel };

		return granite_reserve(obj, &inner);
	}
	return granite_reserve(obj, &a);
}

int granite_other(struct granite_object *obj)
{
	struct granite_ctx a = { false, false };
	struct granite_ctx b = {};

	return granite_reserve(obj, &a);
}
