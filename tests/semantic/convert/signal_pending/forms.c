// -D fn=pond_fault -D signal_pending
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	while (!pond->filled && !signal_pending(current))
		cpu_relax();
	if (unlikely(signal_pending(current)))
		return VM_FAULT_NOPAGE;
	if (signal_pending(pond->keeper))
		return VM_FAULT_NOPAGE;
	if (fatal_signal_pending(current))
		return VM_FAULT_SIGBUS;
	return 0;
}

static int pond_read(void)
{
	return signal_pending(current) ? -EINTR : 0;
}
