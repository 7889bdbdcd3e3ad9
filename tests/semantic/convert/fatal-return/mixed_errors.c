// -D fn=pond_fault -D sleep=mutex_lock_killable -D result=VM_FAULT_SIGBUS -D only_signal
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	int err;

	if (pond->shallow)
		err = pond_wade(pond);
	else
		err = mutex_lock_killable(&pond->lock);
	if (err)
		return VM_FAULT_NOPAGE;
	err = mutex_lock_killable(&pond->lock);
	err = pond_wade(pond);
	if (err)
		return VM_FAULT_NOPAGE;
	return 0;
}
