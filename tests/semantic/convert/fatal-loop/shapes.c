// -D fn=pond_fault -D sleep=pond_lock
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	struct pond *pond = vmf->vma->vm_private_data;
	int err, left;

	while ((err = pond_lock(pond)) == -EINTR)
		cond_resched();
	do {
		err = pond_lock(pond); /* again */
	} while (err);
	err = pond_lock(pond);
	while (unlikely(err < 0))
		err = pond_lock(pond);
	while (pond_lock(pond))
		;
	do
		err = pond_lock(pond);
	while (/* a signal */ err == -EINTR);
	while (!pond->full)
		err = pond_lock(pond);
	do {
		err = pond_lock(pond);
	} while (err == -EINTR && --left);
	do {
		err = pond_lock(pond);
	} while (err == -EINTR && !fatal_signal_pending(current));
	do {
		left = pond_drain(pond);
	} while (left);
	if (err == -EINTR)
		return VM_FAULT_NOPAGE;
	return err ? VM_FAULT_SIGBUS : 0;
}
