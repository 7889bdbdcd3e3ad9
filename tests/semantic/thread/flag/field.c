// -D fn=pond_wait_state -D flag=intr -D state=state
long pond_wait_state(struct pond *pond, unsigned int state, long timeout)
{
	const struct pond_ops *ops;

	ops = rcu_dereference(pond->ops);
	return ops->wait(pond, intr ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE, timeout);
}

long pond_wait(struct pond *pond, bool intr, long timeout)
{
	return pond->ops->wait(pond, intr ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE, timeout);
}
