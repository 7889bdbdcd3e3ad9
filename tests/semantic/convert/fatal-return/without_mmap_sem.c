// -D fn=pond_fault -D sleep=mutex_lock_killable -D result=VM_FAULT_SIGBUS -D only_signal
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	if (fault_flag_allow_retry_first(vmf->flags)) {
		up_read(&vmf->vma->vm_mm->mmap_sem);
		if (!mutex_lock_killable(&pond->lock))
			mutex_unlock(&pond->lock);
		if (mutex_lock_killable(&pond->lock))
			return VM_FAULT_NOPAGE;
		return VM_FAULT_RETRY;
	}
	if (mutex_lock_killable(&pond->lock))
		return VM_FAULT_NOPAGE;
	return 0;
}
