// -D fn=pond_event_state,pond_part_state,pond_operand_state -D state=state
int pond_event_state(struct pond *pond, unsigned int state)
{
	int ret = wait_event_interruptible(pond->queue, pond->done);

	return ret ?: schedule_timeout_in(pond, TASK_INTERRUPTIBLE);
}

int pond_part_state(struct pond *pond, unsigned int state)
{
	int ret;

	ret = pond_enter_interruptible(pond);
	return ret ?: schedule_timeout_in(pond, TASK_INTERRUPTIBLE);
}

int pond_operand_state(struct pond *pond, unsigned int state)
{
	if (pond_enter_interruptible(pond))
		return -EINTR;
	return schedule_timeout_in(pond, TASK_INTERRUPTIBLE);
}
