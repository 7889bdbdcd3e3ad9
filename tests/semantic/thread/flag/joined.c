// -D fn=pond_wait_state -D flag=intr -D state=state
long pond_drain(struct pond *pond, bool intr)
{
	return pond->ops->wait(pond, intr ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE,
			       0);
}

long pond_wait_state(struct pond *pond, unsigned int state, long timeout)
{
	long ret;

	if (pond->ops->wait)
		ret = pond->ops->wait(pond, intr ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE,
				      timeout);
	if (pond->ops.wait(pond, (intr ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE),
			   timeout) &&
	    ret)
		return ret;

	/* It did fit. */
	pond->wait(intr ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE,
		   0);
	/* It still does not. */
	ret = pond->ops->wait_for_all_of_them(pond, intr ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE,
					      msecs_to_jiffies(timeout));
	/* A comment is in the way. */
	ret = pond->ops->wait(pond, intr ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE,
			      timeout /* in jiffies */);
	ret = pond->ops->wait(pond, intr ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE, timeout);
	return pond->ops->wait(pond->from[pond_first(pond, 0)],
			       intr ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE, timeout);
}
