// -D fn=pond_fault -D wait_event_interruptible -D wait_event_interruptible_timeout -D wait_event_interruptible_exclusive
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	int err;

	err = wait_event_interruptible(pond->queue, pond->filled);
	if (wait_event_interruptible(pond->queue,
				     pond->filled || pond->dead))
		return VM_FAULT_NOPAGE;
	if (wait_event_interruptible(pond->queue,
			pond->badly_indented))
		return VM_FAULT_NOPAGE;
	err = wait_event_interruptible_timeout(pond->queue, pond->filled,
					       POND_PATIENCE);
	/* A comment in the way is worth more than the alignment. */
	err = wait_event_interruptible(pond->queue, /* filled by pond_fill() */
				       pond->filled);
	err = wait_event_interruptible_exclusive(pond->queue, ({ int full = level(pond); full; }));
	err = wait_event_interruptible_lock_irq(pond->queue, pond->filled, pond->lock);
	return 0;
}
