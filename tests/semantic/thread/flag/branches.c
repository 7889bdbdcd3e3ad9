// -D fn=pond_lock_state -D flag=intr -D state=state -D primitives=mutex_lock_interruptible,wait_event_interruptible,wait_event_interruptible_timeout,dma_resv_lock_interruptible,wait_for_completion_interruptible_timeout
int pond_lock_state(struct pond *pond, unsigned int state)
{
	int ret;

	if (intr)
		ret = dma_resv_lock_interruptible(pond->resv, ctx ? &ctx->ww : NULL);
	else
		ret = dma_resv_lock(pond->resv, ctx ? &ctx->ww : NULL);
	if (ret)
		goto out;

	if (pond->deep) {
		if (intr) {
			ret = wait_event_interruptible_timeout(pond->queue, pond->filled ||
							       pond_is_dead(pond,
									    POND_DEEP),
							       POND_PATIENCE);
		} else {
			ret = wait_event_timeout(pond->queue, pond->filled || pond_is_dead(pond),
						 POND_PATIENCE);
		}
	} else if (intr) {
		if (mutex_lock_interruptible(&pond->lock))
			return -ERESTARTSYS;
	} else {
		/* Nothing ends this. */
		mutex_lock(&pond->lock);
	}

#ifdef CONFIG_POND_QUEUE
	if (intr)
		ret = wait_event_interruptible(pond->queue, pond->filled);
	else
		wait_event(pond->queue, pond->filled);
#endif

	if (intr)
		ret = wait_for_completion_interruptible_timeout(&pond->done,
								POND_PATIENCE);
	else
		ret = wait_for_completion_timeout(&pond->done, POND_PATIENCE);

	if (pond->next)
		if (intr)
			ret = mutex_lock_interruptible(&pond->next->lock);
	if (!pond->next)
		pond_trace(pond);
	else if (intr)
		ret = mutex_lock_interruptible(&pond->next->lock);
	if (intr) {
		ret = mutex_lock_interruptible(&pond->lock);
		if (ret)
			goto out;
	}

	if (intr)
		return mutex_lock_interruptible(&pond->lock);

	mutex_lock(&pond->lock);
	return 0;
out:
	return ret;
}
