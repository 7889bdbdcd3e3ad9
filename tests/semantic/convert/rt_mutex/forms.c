// -D fn=pond_fault -D rt_mutex_lock_interruptible
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	if (rt_mutex_lock_interruptible(&pond->lock) < 0)
		return VM_FAULT_NOPAGE;
	rt_mutex_unlock(&pond->lock);
	return 0;
}
