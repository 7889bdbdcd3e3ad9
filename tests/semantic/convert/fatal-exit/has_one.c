// -D fn=pond_fault -D result=VM_FAULT_SIGBUS
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	for (;;) {
		if (pond->filled)
			return 0;
		if (fatal_signal_pending(current))
			return VM_FAULT_SIGBUS;
		schedule_timeout_killable(1);
	}
}
