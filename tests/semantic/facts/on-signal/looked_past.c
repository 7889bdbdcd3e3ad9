// -D fn=looked_past -D sleep=held_up
int looked_past(struct vm_fault *vmf)
{
	int err;

	err = held_up(vmf);
	if (fatal_signal_pending(current))
		pr_debug("killed");
	if (err)
		return VM_FAULT_NOPAGE;
	return 0;
}
