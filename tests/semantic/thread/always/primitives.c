// -D fn=pond_lock_state -D state=state -D primitives=mutex_lock_interruptible,mutex_lock_interruptible_nested,wait_event_interruptible_timeout,dma_resv_lock_interruptible,pond_get_interruptible
int pond_lock_state(struct pond *pond, unsigned int state)
{
	int err = mutex_lock_interruptible(&pond->lock);
	long left = wait_event_interruptible_timeout(pond->queue, pond->filled, POND_PATIENCE);

	if (err)
		goto out;
	err = mutex_lock_interruptible(&pond->lock);
	if (err)
		return err;
	/* The next one. */
	err = mutex_lock_interruptible_nested(&pond->next->lock,
					      !(flags & POND_DEEP)); /* is below */

	if (mutex_lock_interruptible(&pond->lock))
		return -EINTR;
	if (mutex_lock_interruptible(&pond->neighbour->lock)) {
		err = -EINTR;
		goto out;
	}
	if (mutex_lock_interruptible(&pond->lock) == 0) {
		pond_drain(pond);
		mutex_unlock(&pond->lock);
	}
	if (!mutex_lock_interruptible(&pond->lock))
		mutex_unlock(&pond->lock);
	if ((err = mutex_lock_interruptible(&pond->lock)) && err != -EINTR)
		return err;
	if (pond->deep)
		err = mutex_lock_interruptible(&pond->lock);
	else
		err = pond_get_interruptible(pond);
	if (pond->deep)
		return mutex_lock_interruptible(&pond->lock);
#ifdef CONFIG_POND_QUEUE
	left = wait_event_interruptible_timeout(pond->queue,
		pond->filled || pond->dead,
		POND_PATIENCE);
#endif
	while (pond->next) {
		pond = pond->next;
		left = wait_event_interruptible_timeout(pond->queue, ({ int full = level(pond); full; }),
							left);
		if (left < 0)
			return left;
	}
	err = down_interruptible(&pond->sem);
	err = mutex_lock_interruptible(/* a comment in the way */ &pond->lock);
	if (mutex_lock_interruptible(&pond->lock /* never nested */))
		return -EINTR;
	err = mutex_lock_interruptible(&pond->lock // never nested
				       );
	switch (pond->kind) {
	case POND_DEEP:
		err = dma_resv_lock_interruptible(pond->resv, pond->ctx ? &pond->ctx->ww : NULL);
		break;
	default:
		break;
	}
out:
	return mutex_lock_interruptible(&pond->lock);
}

int pond_lock(struct pond *pond)
{
	return mutex_lock_interruptible(&pond->lock);
}
