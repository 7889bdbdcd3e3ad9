// -D fn=pond_drain_state -D callee=pond_wait -D renamed=pond_wait_state -D value=state -D index=1 -D bit=POND_INTERRUPTIBLE -D flag=intr
static long pond_drain_state(struct pond *pond, unsigned int state, long timeout)
{
	if (pond_wait(pond, POND_INTERRUPTIBLE, timeout))
		return pond_wait(pond,
				 POND_INTERRUPTIBLE | POND_ALL | POND_DEEP,
				 timeout);
	if (pond_wait(pond, POND_ALL |
			    POND_INTERRUPTIBLE, timeout) < 0)
		return 0;
	pond_wait(pond, POND_ALL, timeout);
	pond_wait(pond, flags, timeout);
	pond_wait(pond, POND_ALL | (POND_INTERRUPTIBLE & flags), timeout);
	return pond_wait(to_pond(fence),
			 intr | POND_PRIORITY,
			 timeout);
}
