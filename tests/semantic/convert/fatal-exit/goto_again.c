// -D fn=pond_fault -D result=VM_FAULT_SIGBUS
vm_fault_t pond_fault(struct vm_fault *vmf)
{
	struct pond *pond = find_pond(vmf);

again:
	mutex_lock(&pond->lock);
	if (!pond->water) {
		if (!pond_assign(pond)) {
			mutex_unlock(&pond->lock);
			set_current_state(TASK_KILLABLE);
			schedule_timeout(POND_DELAY);  /* until it rains */
			if (pond_is_old(pond))
				pond_steal(pond);
			goto again;
		}
	}
	mutex_unlock(&pond->lock);
	return VM_FAULT_NOPAGE;
}
