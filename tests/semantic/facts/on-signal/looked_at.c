// -D fn=looked_at -D sleep=held_up
int looked_at(struct vm_fault *vmf)
{
	int err;

	if ((err = held_up(vmf)) != 0) {
		if (fatal_signal_pending(current))
			return VM_FAULT_SIGBUS;
		if (err == -EINTR)
			return VM_FAULT_NOPAGE;
		return VM_FAULT_OOM;
	}
	return 0;
}
