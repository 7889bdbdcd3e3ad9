// -D fn=pond_fault -D mutex_lock_interruptible -D mutex_lock_interruptible_nested
static int pond_ioctl(struct pond *pond)
{
	/* Another function: not to be touched. */
	return mutex_lock_interruptible(&pond->lock);
}

static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	struct pond *pond = vmf->vma->vm_private_data;
	int err;

	err = mutex_lock_interruptible(&pond->lock);
	if (err)
		goto out;
	if (pond->deep) {
		if (mutex_lock_interruptible(/* the outer one */ &pond->lock))
			return VM_FAULT_NOPAGE;
	}
	if ((err = mutex_lock_interruptible(&pond->lock)) != 0)
		return VM_FAULT_NOPAGE;
	if (unlikely(mutex_lock_interruptible(&pond->lock)))
		return VM_FAULT_NOPAGE;
	POND_TRY(mutex_lock_interruptible(&pond->lock));
#ifdef CONFIG_POND_TWO
	err = mutex_lock_interruptible_nested(&pond->lock, 1);
#else
	err = mutex_lock_interruptible(&pond->lock);
#endif
	err = mutex_lock_interruptible_nested(&pond->very_long_name_of_a_parent->lock,
					      SINGLE_DEPTH_NESTING);
	mutex_lock_interruptible_is_no_call = 1;
	mutex_lock(&pond->lock);
out:
	return VM_FAULT_NOPAGE;
}
