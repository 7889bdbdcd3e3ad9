// -D fn=pond_fault -D sleep=prepare_to_wait
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	vm_fault_t ret = 0;
	DEFINE_WAIT(wait);

	for (;;) {
		prepare_to_wait(&pond->queue, &wait, TASK_INTERRUPTIBLE);
		if (pond->filled)
			break;
		if (signal_pending(current)) {
			ret = VM_FAULT_NOPAGE;
			break;
		}
		schedule();
	}
	finish_wait(&pond->queue, &wait);
	return ret;
}
