// -D fn=pond_fault -D callee=pond_lock -D renamed=pond_lock_state -D value=TASK_KILLABLE -D append
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	struct pond *pond = vmf->vma->vm_private_data;
	int err = pond_lock(pond);

	if (err)
		return VM_FAULT_SIGBUS;
	if (pond_lock())
		return VM_FAULT_SIGBUS;
	if (unlikely(pond_lock(pond_of(vmf, POND_FIRST_OF_ALL | POND_DEEP))))
		return VM_FAULT_SIGBUS;
	err = pond_lock(pond_of(vmf,
				POND_FIRST_OF_ALL),
			POND_DEEP);
	return pond_result(pond_lock(pond /* and its neighbours */));
}

static int pond_ioctl(struct pond *pond)
{
	return pond_lock(pond);
}
