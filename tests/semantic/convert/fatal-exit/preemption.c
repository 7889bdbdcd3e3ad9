// -D fn=pond_fault -D result=VM_FAULT_SIGBUS
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
again:
	mutex_lock(&pond->lock);
	preempt_disable();
	if (!pond_assign(pond)) {
		preempt_enable();
		mutex_unlock(&pond->lock);
		set_current_state(TASK_KILLABLE);
		schedule_timeout(POND_DELAY);
		goto again;
	}
	preempt_enable();
	mutex_unlock(&pond->lock);
	return VM_FAULT_NOPAGE;
}
