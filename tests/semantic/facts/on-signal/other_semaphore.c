// -D fn=puddle_fault -D sleep=mutex_lock_killable
static int puddle_fault(struct vm_fault *vmf)
{
	up_read(&pond->map_sem);
	if (mutex_lock_killable(&pond->one))
		return VM_FAULT_RETRY;
	return 0;
}
