// -D fn=pond_fault -D sleep=mutex_lock_killable
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	int err;

	if (mutex_lock_killable(&pond->one)) {
		mmap_read_unlock(vmf->vma->vm_mm);
		return VM_FAULT_RETRY;
	}
	if (mutex_lock_killable(&pond->two))
		return VM_FAULT_RETRY;
	mmap_read_unlock(vmf->vma->vm_mm);
	err = mutex_lock_killable(&pond->three);
	if (err)
		return VM_FAULT_RETRY;
	err = mutex_lock_killable(&pond->four);
	mmap_read_lock(vmf->vma->vm_mm);
	if (err)
		return VM_FAULT_SIGBUS;
	return 0;
}
