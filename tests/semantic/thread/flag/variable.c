// -D fn=pond_wait_state -D flag=intr -D state=state -D wait_for_completion_state -D primitives=pond_get_interruptible
static long pond_wait_state(struct pond *pond, unsigned int state, long timeout)
{
	const int state = intr ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE;
	struct wait_cb cb = { .task = current };
	int err;

	if (intr)
		err = pond_get_interruptible(pond);
	else
		err = pond_get(pond);
	if (intr)
		err = wait_for_completion_interruptible(&pond->done);
	else
		wait_for_completion(&pond->done);
	set_current_state(state);
	return pond_add_callback(pond, &cb, err);
}
