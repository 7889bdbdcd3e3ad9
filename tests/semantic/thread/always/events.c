// -D fn=pond_wait_state -D state=state -D wait_event_state -D wait_for_completion_state
int pond_wait_state(struct pond *pond, unsigned int state)
{
	int err = wait_event_interruptible(pond->queue, pond->filled);

	if (wait_event_interruptible(pond->queue, pond->filled))
		return -EINTR;
	while (pond_is_busy(pond)) {
		if (wait_event_interruptible(pond->reset.queue,
					     !test_bit(POND_RESET_BACKOFF,
						       &pond->reset.flags)))
			return -EINTR;
	}

	/* wait until an engine is available */
	err = wait_event_interruptible(pond->engine_queue,
		atomic_add_unless(&pond->engine_counter, -1, 0));
	if (err)
		return err;
	if (pond->deep && (err = wait_for_completion_interruptible(&pond->done)))
		return err;
	err = wait_event_interruptible(pond->queue, /* filled by pond_fill() */ pond->filled);
	err = wait_event_interruptible(pond->queue, // filled by pond_fill()
				       pond->filled);
	return wait_event_interruptible(pond->queue, ({ int full = level(pond); full; }));
}

int pond_wait(struct pond *pond)
{
	return wait_event_interruptible(pond->queue, pond->filled);
}
