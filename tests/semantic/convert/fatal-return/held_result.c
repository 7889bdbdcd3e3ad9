// -D fn=pond_fault -D sleep=mutex_lock_killable -D result=VM_FAULT_SIGBUS -D only_signal
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	vm_fault_t ret = VM_FAULT_NOPAGE;

	if (mutex_lock_killable(&pond->one))
		return ret;
	while (!pond->filled) {
		if (mutex_lock_killable(&pond->two))
			break;
		mutex_unlock(&pond->two);
	}
	ret = pond_insert(pond, vmf);
	if (mutex_lock_killable(&pond->three))
		return ret;
	if (pond->dry)
		goto nopage;
	if (mutex_lock_killable(&pond->four))
		goto nopage;
	return mutex_lock_killable(&pond->five) ? VM_FAULT_NOPAGE : 0;
nopage:
	pond_put(pond);
	return VM_FAULT_NOPAGE;
}
