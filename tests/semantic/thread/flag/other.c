// -D fn=lake_wait_state -D flag=intr -D state=state
long lake_wait_state(struct lake *lake, unsigned int state)
{
	long timeout = lake->timeout;

	while (!lake->filled) {
		if (intr && signal_pending(current))
			return -EINTR;
		timeout = schedule_timeout(timeout);
	}
	return timeout;
}
