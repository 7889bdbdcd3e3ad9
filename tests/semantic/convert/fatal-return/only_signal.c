// -D fn=pond_fault -D sleep=mutex_lock_killable -D result=VM_FAULT_SIGBUS -D only_signal
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	struct pond *pond = vmf->vma->vm_private_data;
	vm_fault_t ret = VM_FAULT_NOPAGE;
	int err;

	if (mutex_lock_killable(&pond->one))
		return VM_FAULT_NOPAGE;
	if (unlikely(mutex_lock_killable(&pond->two))) {
		mutex_unlock(&pond->one);
		return VM_FAULT_NOPAGE;
	}
	if ((err = mutex_lock_killable(&pond->three)) != 0) {
		if (pond->verbose)
			return VM_FAULT_NOPAGE;
		return VM_FAULT_OOM;
	}
	err = mutex_lock_killable(&pond->four);
	if (err) {
		/* The result of the handler, set on the way. */
		ret = VM_FAULT_NOPAGE;
		goto out;
	} else {
		pond->locked++;
	}
	err = mutex_lock_killable(&pond->five);
	if (err < 0)
		return err == -EINTR ? VM_FAULT_NOPAGE : VM_FAULT_OOM;
	if (mutex_lock_killable(&pond->six))
		goto out;
#ifdef CONFIG_POND_TWO
	if (mutex_lock_killable(&pond->seven))
		return VM_FAULT_NOPAGE;
#endif
	if (pond->dry)
		return VM_FAULT_NOPAGE;
	ret = pond_insert(pond, vmf);
	/* ret may hold anything here. */
	if (mutex_lock_killable(&pond->eight))
		goto out;
	if (mutex_lock_killable(&pond->nine))
		return VM_FAULT_RETRY;
out:
	mutex_unlock(&pond->one);
	return ret;
}

static vm_fault_t pond_pfn_fault(struct vm_fault *vmf)
{
	if (mutex_lock_killable(&pond->one))
		return VM_FAULT_NOPAGE;
	return 0;
}
