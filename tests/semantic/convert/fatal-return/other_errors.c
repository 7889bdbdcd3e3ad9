// -D fn=pond_fault -D sleep=pond_lock -D result=VM_FAULT_SIGBUS
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	struct pond *pond = vmf->vma->vm_private_data;
	vm_fault_t ret = VM_FAULT_NOPAGE;
	int err;

	if (pond_lock(pond))
		return VM_FAULT_NOPAGE;
	err = pond_lock(pond);
	if (unlikely(err))
		goto out;
	err = pond_lock(pond);
	if (err < 0)
		return (err != -ERESTARTSYS) ? VM_FAULT_SIGBUS : VM_FAULT_NOPAGE;
	err = pond_lock(pond);
	if (err) {
		ret = VM_FAULT_NOPAGE;
		goto out;
	}
	err = pond_lock(pond);
	if (err)
		goto nopage;
	ret = 0;
out:
	return ret;
nopage:
	pond_put(pond);
	return VM_FAULT_NOPAGE;
}
