// -D fn=pond_wait_state -D callee=wait -D value=state -D index=1 -D flag=intr -D field_call
long pond_wait_state(struct pond *pond, unsigned int state, long timeout)
{
	long left;

	if (pond->ops->wait)
		left = pond->ops->wait(pond, intr, timeout);
	else
		left = wait(pond, intr, timeout);
	if (ops.wait(pond, true, timeout) < 0)
		return pond->ops->wait(pond, false, timeout);
	if (pond->ops->wait(pond, /* kept */ deep,
			    timeout))
		return 0;
	left = pond->next->ops->wait(pond->next, pond->flags & POND_INTERRUPTIBLE, timeout);
	return pond->ops->wait(pond, pond_may_be_interrupted(pond),
			       timeout);
}
