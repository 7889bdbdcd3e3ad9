// -D fn=lake_fault -D sleep=lake_lock_state,lake_fill_state -D result=VM_FAULT_SIGBUS -D translator=lake_result -D any_error
static vm_fault_t lake_fault(struct vm_fault *vmf)
{
	struct lake *lake = vmf->vma->vm_private_data;
	int err;

	err = lake_lock_state(lake, TASK_KILLABLE);
	if (err)
		return VM_FAULT_NOPAGE;
	if (lake_drained(lake))
		return VM_FAULT_NOPAGE;
	err = lake_fill_state(lake, TASK_KILLABLE);
	lake_unlock(lake);
	return lake_result(err);
}
