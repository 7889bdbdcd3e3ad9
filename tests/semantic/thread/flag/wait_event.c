// -D fn=pond_wait_state -D flag=interruptible -D state=state -D wait_event_state -D primitives=wait_event_interruptible,wait_event_interruptible_timeout
int pond_wait_state(struct pond *pond, unsigned int state)
{
	int ret = 0;

	if (interruptible)
		ret = wait_event_interruptible(pond->queue, pond->filled);
	else
		wait_event(pond->queue, pond->filled);

	if (interruptible) {
		ret = wait_event_interruptible(pond->queue,
					       pond_is_filled(pond, POND_DEEP) || pond->dead);
		if (ret)
			return ret;
	} else {
		wait_event(pond->queue,
			   pond_is_filled(pond, POND_DEEP) || pond->dead);
	}

	if (interruptible) {
		if (wait_event_interruptible(pond->queue, pond->filled))
			return -ERESTARTSYS;
	} else
		wait_event(pond->queue, pond->filled);

	/* Not the same condition. */
	if (interruptible)
		ret = wait_event_interruptible(pond->queue, pond->filled || pond->dead);
	else
		wait_event(pond->queue, pond->filled);
	return ret;
}
