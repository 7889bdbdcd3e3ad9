// -D fn=lake_fault -D callee=pond_lock -D renamed=pond_lock_state -D value=TASK_KILLABLE -D append
static vm_fault_t lake_fault(struct vm_fault *vmf)
{
	struct lake *lake = vmf->vma->vm_private_data;
	int err = pond_lock(lake->first);

	return err ? VM_FAULT_SIGBUS : lake_result(lake);
}
