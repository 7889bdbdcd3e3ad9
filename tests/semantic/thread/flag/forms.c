// -D fn=pond_wait_state -D flag=intr -D state=state
long pond_wait_state(struct pond *pond, unsigned int state, long timeout)
{
	const unsigned int sleep = intr ?
		TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE;
	DEFINE_WAIT(wait);

	if (intr && signal_pending(current)) {
		timeout = -ERESTARTSYS;
		goto out;
	}

	while (timeout > 0) {
		/* The barrier is what counts. */
		if (intr)
			set_current_state(TASK_INTERRUPTIBLE);
		else
			set_current_state(TASK_UNINTERRUPTIBLE);

		if (pond->filled) {
			if (intr) {
				prepare_to_wait(&pond->queue, &wait, TASK_INTERRUPTIBLE);
			} else {
				prepare_to_wait(&pond->queue, &wait, TASK_UNINTERRUPTIBLE);
			}
		}
		__set_current_state(intr ? TASK_INTERRUPTIBLE :
					   TASK_UNINTERRUPTIBLE);
		prepare_to_wait(&pond->queue, &wait,
				(intr) ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE);
		pond->state = (intr ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE);
		timeout = schedule_timeout(timeout);

		if (timeout > 0 && intr && signal_pending(current))
			timeout = -ERESTARTSYS;
		if (intr &&
		    signal_pending(current) && timeout > 0)
			break;
		if (signal_pending(current) && intr)
			break;
		if (pond->dead || (intr && signal_pending(current)) ||
		    unlikely(intr && signal_pending(current)))
			goto out;
#ifdef CONFIG_POND_DEEP
		if ((timeout = pond_depth(pond)) && (intr) && signal_pending(current))
			break;
#endif
		if (intr)
			pond->state = TASK_INTERRUPTIBLE;
		else
			pond->state = TASK_UNINTERRUPTIBLE;
		if (intr)
			left = wait_woken(&wait, TASK_INTERRUPTIBLE, left);
		else
			left = wait_woken(&wait, TASK_UNINTERRUPTIBLE, left);
	}
	if (intr)
		return wait_on_bit(&pond->flags, POND_BUSY, TASK_INTERRUPTIBLE);
	else
		return wait_on_bit(&pond->flags, POND_BUSY, TASK_UNINTERRUPTIBLE);
out:
	return timeout;
}

long pond_wait(struct pond *pond, bool intr)
{
	return intr && signal_pending(current) ? -ERESTARTSYS : pond_flush(pond);
}
