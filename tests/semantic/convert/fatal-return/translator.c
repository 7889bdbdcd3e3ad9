// -D fn=pond_fault -D sleep=mutex_lock_killable -D result=VM_FAULT_SIGBUS -D only_signal -D translator=pond_to_fault -D errno=EINTR
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	int ret;

retry:
	ret = pond_reserve(pond);
	if (ret)
		goto err;
	ret = mutex_lock_killable(&pond->lock);
	if (!ret) {
		ret = pond_fill(pond);
		mutex_unlock(&pond->lock);
	}
	if (ret)
		goto err_unreserve;
	ret = mutex_lock_killable(&pond->other);
	if (ret)
		return pond_to_fault(ret);
err_unreserve:
	pond_unreserve(pond);
err:
	if (ret == -EDEADLK) {
		ret = pond_back_off(pond);
		if (!ret)
			goto retry;
	}
	pond_put(pond);
	return pond_to_fault(ret);
}
