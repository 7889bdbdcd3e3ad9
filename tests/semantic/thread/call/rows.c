// -D rows=lake_fault:lake_lock:lake_lock_state:TASK_KILLABLE:::,lake_fault:lake_wait:lake_wait_state:TASK_KILLABLE:1::,lake_fault:lake_idle:lake_idle_state:TASK_KILLABLE:1::LAKE_INTERRUPTIBLE
static vm_fault_t lake_fault(struct vm_fault *vmf)
{
	struct lake *lake = vmf->vma->vm_private_data;

	if (lake_lock(lake) || lake_wait(lake, true))
		return VM_FAULT_SIGBUS;
	if (lake_wait(lake, false))
		return VM_FAULT_SIGBUS;
	return lake_idle(lake, LAKE_INTERRUPTIBLE | LAKE_DEEP) ? VM_FAULT_SIGBUS : 0;
}

static int lake_ioctl(struct lake *lake)
{
	return lake_lock(lake);
}
