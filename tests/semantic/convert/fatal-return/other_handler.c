// -D fn=sea_fault -D sleep=mutex_lock_killable -D result=VM_FAULT_SIGBUS -D only_signal
/* What lake_fault() returns in line 10 has nothing to do with this. */
static vm_fault_t sea_fault(struct vm_fault *vmf)
{
	struct sea *sea = vmf->vma->vm_private_data;
	int err;

	err = sea_dry(sea);
	if (err)
		return VM_FAULT_NOPAGE;
	if (mutex_lock_killable(&sea->lock))
		return VM_FAULT_NOPAGE;
	mutex_unlock(&sea->lock);
	return sea_fill(sea);
}
