// -D fn=pond_fault -D sleep=mutex_lock_killable
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	int ret;

	ret = mutex_lock_killable(&pond->lock);
	if (ret)
		goto err;
	ret = pond_fill(pond);
	mutex_unlock(&pond->lock);
err:
	pond_put(pond);
	if (ret == -EINTR && fatal_signal_pending(current))
		return VM_FAULT_SIGBUS;
	return pond_to_fault(ret);
}
