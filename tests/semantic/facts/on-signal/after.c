// -D fn=pond_fault -D sleep=pond_lock
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	vm_fault_t ret = VM_FAULT_NOPAGE;
	int err;

	if (pond_lock(&pond->one))
		return fatal_signal_pending(current) ? VM_FAULT_SIGBUS : VM_FAULT_NOPAGE;
	if (pond_lock(&pond->two)) {
		if (fatal_signal_pending(current))
			ret = VM_FAULT_SIGBUS;
		goto out;
	}
	err = pond_lock(&pond->three);
	if (err) {
		if (fatal_signal_pending(current))
			return VM_FAULT_SIGBUS;
		return err == -EINTR ? VM_FAULT_NOPAGE : VM_FAULT_OOM;
	}
	if (pond_lock(&pond->four)) {
		ret = VM_FAULT_SIGBUS;
		goto out;
	}
out:
	return ret;
}
