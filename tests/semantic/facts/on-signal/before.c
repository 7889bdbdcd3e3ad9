// -D fn=pond_fault -D sleep=mutex_lock_interruptible
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	vm_fault_t ret = VM_FAULT_NOPAGE;
	int err;

	if (mutex_lock_interruptible(&pond->one))
		return VM_FAULT_NOPAGE;
	err = mutex_lock_interruptible(&pond->two);
	if (err)
		goto out;
	err = mutex_lock_interruptible(&pond->three);
	if (unlikely(err)) {
		ret = VM_FAULT_OOM;
		goto out;
	}
	err = mutex_lock_interruptible(&pond->four);
	if (err)
		return pond_to_fault(err);
	err = mutex_lock_interruptible(&pond->five);
	if (err < 0)
		return err == -EINTR ? VM_FAULT_NOPAGE : VM_FAULT_OOM;
	mutex_lock_interruptible(&pond->six);
	ret = pond_insert(pond, vmf);
	if (mutex_lock_interruptible(&pond->seven))
		goto out;
	if (pond->deep) {
		mmap_read_unlock(vmf->vma->vm_mm);
		if (mutex_lock_interruptible(&pond->eight))
			return VM_FAULT_RETRY;
		return VM_FAULT_RETRY;
	}
again:
	if (mutex_lock_interruptible(&pond->nine))
		goto again;
out:
	return ret;
}

static vm_fault_t pond_pfn_fault(struct vm_fault *vmf)
{
	if (mutex_lock_interruptible(&pond->one))
		return VM_FAULT_OOM;
	return 0;
}
