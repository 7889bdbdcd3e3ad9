// -D fn=lake_fault -D sleep=mutex_lock_killable -D result=VM_FAULT_SIGBUS -D only_signal
/* In one process with another handler, nothing is known of that here. */
static vm_fault_t lake_fault(struct vm_fault *vmf)
{
	struct lake *lake = vmf->vma->vm_private_data;
	int err;

	err = mutex_lock_killable(&lake->lock);
	if (err)
		return VM_FAULT_NOPAGE;
	err = lake_fill(lake);
	mutex_unlock(&lake->lock);
	if (err)
		return VM_FAULT_SIGBUS;
	return VM_FAULT_NOPAGE;
}
