// -D fn=pond_fault -D result=VM_FAULT_SIGBUS
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	int err;

	while (!pond->filled)
		schedule_timeout_killable(1);
	do {
		__set_current_state(TASK_KILLABLE);
		left = schedule_timeout(left);
	} while (left);
retry:
	err = mutex_lock_killable(&pond->lock);
	if (err)
		goto retry;
	mutex_unlock(&pond->lock);
	schedule_timeout_killable(1);
	return 0;
}

static vm_fault_t pond_pfn_fault(struct vm_fault *vmf)
{
	while (!pond->filled)
		schedule_timeout_killable(1);
	return 0;
}
