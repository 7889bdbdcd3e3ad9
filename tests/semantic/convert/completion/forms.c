// -D fn=pond_fault -D wait_for_completion_interruptible -D wait_for_completion_interruptible_timeout
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	long left;

	if (wait_for_completion_interruptible(&pond->filled))
		return VM_FAULT_NOPAGE;
	left = wait_for_completion_interruptible_timeout(&pond->filled,
							 msecs_to_jiffies(POND_PATIENCE));
	if (left < 0)
		return VM_FAULT_NOPAGE;
	wait_for_completion(&pond->filled);
	return 0;
}
