// -D fn=pond_fault -D sleep=mutex_lock_killable
static int pond_fault(struct vm_fault *vmf)
{
	int err;

	if (mutex_lock_killable(&pond->one)) {
		up_read(&vmf->vma->vm_mm->mmap_sem);
		return VM_FAULT_RETRY;
	}
	if (mutex_lock_killable(&pond->two))
		return VM_FAULT_RETRY;
	up_read(&vmf->vma->vm_mm->mmap_sem);
	err = mutex_lock_killable(&pond->three);
	if (err)
		return VM_FAULT_RETRY;
	err = mutex_lock_killable(&pond->four);
	down_read(&vmf->vma->vm_mm->mmap_sem);
	if (err)
		return VM_FAULT_SIGBUS;
	return 0;
}
