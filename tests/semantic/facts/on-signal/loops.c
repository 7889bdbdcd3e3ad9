// -D fn=pond_fault -D sleep=mutex_lock_killable
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
again:
	if (mutex_lock_killable(&pond->one))
		goto again;
	mutex_unlock(&pond->one);
more:
	if (mutex_lock_killable(&pond->two)) {
		if (fatal_signal_pending(current))
			return VM_FAULT_SIGBUS;
		goto more;
	}
	return 0;
}
