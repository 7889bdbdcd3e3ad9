// -D fn=pond_fault -D sleep=pond_enter -D result=VM_FAULT_SIGBUS
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	struct pond *pond = vmf->vma->vm_private_data;
	vm_fault_t ret = 0;
	int err;

	err = pond_enter(pond);
	if (err) {
		if (pond->filled)
			return VM_FAULT_NOPAGE; /* the one who fills it comes again */
		pond_log(pond);
		return VM_FAULT_NOPAGE; // this fits, but only without anything else
	}
	err = pond_enter(pond);
	if (err)
		return VM_FAULT_NOPAGE; /* a comment that is as long as this one is */
	err = pond_enter(pond);
	if (err) {
		ret = VM_FAULT_NOPAGE; /* a comment that is as long as this one is, too */
		goto out;
	}
	if (pond_enter(pond)) {
		pond_log(pond);
		return VM_FAULT_NOPAGE; /* comes again */
	}
	pond_leave(pond);
out:
	return ret;
}
