// -D fn=pond_wait_state -D word=flags -D bit=POND_INTERRUPTIBLE -D state=task_state -D primitives=mutex_lock_interruptible
long pond_wait_state(struct pond *pond, unsigned int flags, long timeout, unsigned int task_state)
{
	const int state = flags & POND_INTERRUPTIBLE ?
		TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE;

	if ((flags & POND_INTERRUPTIBLE) && signal_pending(current))
		return -ERESTARTSYS;
	if (flags & POND_INTERRUPTIBLE) {
		if (mutex_lock_interruptible(&pond->lock))
			return -ERESTARTSYS;
	} else {
		mutex_lock(&pond->lock);
	}
	if (flags & POND_DEEP && signal_pending(current))
		return 0;
	set_current_state(state);
	return pond_flush(pond, flags & ~POND_INTERRUPTIBLE);
}
