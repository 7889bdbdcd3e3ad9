// -D fn=pond_fault -D mutex_lock_interruptible_nested
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	/* Without -D mutex_lock_interruptible the tree has no counterpart. */
	if (mutex_lock_interruptible(&pond->lock))
		return VM_FAULT_NOPAGE;
	return 0;
}
