// -D fn=lake_wait_state -D state=task_state
/* In one process with pond_wait_state(), nothing is known of that here. */
long lake_wait_state(struct lake *lake, unsigned int task_state)
{
	long timeout = lake->timeout;

	while (!lake->filled) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (signal_pending(current))
			return -EINTR;
		timeout = schedule_timeout(timeout);
	}
	return timeout;
}
