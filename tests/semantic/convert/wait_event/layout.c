// -D fn=pond_fault -D wait_event_interruptible -D wait_event_interruptible_timeout
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	long	left;

	(void)wait_event_interruptible(pond->queue, pond->filled);
	(void) wait_event_interruptible(pond->queue,pond->filled);
	left  =	(long)wait_event_interruptible_timeout( pond->queue, pond->filled,
							POND_PATIENCE);	/* in jiffies */
	return (vm_fault_t)wait_event_interruptible(pond->queue, pond->filled) ? 0 : left;
}
