// -D fn=looked_for -D sleep=held_up
int looked_for(struct vm_fault *vmf)
{
	int err = held_up(vmf);

	if (vmf->flags && fatal_signal_pending(current))
		return VM_FAULT_SIGBUS;
	if (err)
		return VM_FAULT_NOPAGE;
	return 0;
}
