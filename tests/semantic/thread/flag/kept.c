// -D fn=pond_wait_state -D flag=intr -D state=state -D wait_event_state -D primitives=mutex_lock_interruptible
long pond_wait_state(struct pond *pond, unsigned int state, long timeout)
{
	bool copy = intr;
	int word = intr ? POND_INTERRUPTIBLE : 0;

	/* What would be lost is worth more than a shorter text. */
	if (intr && /* not the kernel's threads */ signal_pending(current))
		return -ERESTARTSYS;
	__set_current_state(intr ? /* light */ TASK_INTERRUPTIBLE : /* deep */ TASK_UNINTERRUPTIBLE);
	if (intr)
		set_current_state(TASK_INTERRUPTIBLE); /* light */
	else
		set_current_state(TASK_UNINTERRUPTIBLE);
	if (intr)
		set_current_state(TASK_INTERRUPTIBLE);
#ifdef CONFIG_POND_DEEP
	else
		set_current_state(TASK_UNINTERRUPTIBLE);
#endif

	/* What guards something else has to be understood. */
	if (intr)
		pond_prepare(pond);
	if (!intr && signal_pending(current))
		return -EBUSY;
	if (intr && timeout && signal_pending(current))
		return -EBUSY;
	if (intr && pond->filled)
		return mutex_lock_interruptible(&pond->lock);
	if (signal_pending(current))
		return -EINTR;
	set_current_state(intr ? TASK_UNINTERRUPTIBLE : TASK_INTERRUPTIBLE);
	set_current_state(pond->intr ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE);

	/* No killable form, by name or by argument. */
	if (intr)
		return down_interruptible(&pond->sem);
	if (intr) {
		if (mutex_lock_interruptible(&pond->lock) || dma_fence_wait(pond->fence, true))
			return -ERESTARTSYS;
	}
	if (intr) {
		/* Comments are not written twice. */
		if (mutex_lock_interruptible(&pond->lock))
			return -ERESTARTSYS;
	}
	return pond_flush(pond, intr);
}
