// -D fn=pond_fault -D sleep=set_current_state
vm_fault_t pond_fault(struct vm_fault *vmf)
{
again:
	if (!pond->water) {
		set_current_state(TASK_KILLABLE);
		schedule_timeout(POND_DELAY);
		if (fatal_signal_pending(current))
			return VM_FAULT_SIGBUS;
		goto again;
	}
	return VM_FAULT_NOPAGE;
}
