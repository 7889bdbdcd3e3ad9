// -D fn=pond_fault -D down_read_interruptible
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	int err = down_read_interruptible(&pond->sem);

	if (err || down_read_interruptible(&pond->other))
		return VM_FAULT_NOPAGE;
	down_read(&pond->third);
	if (down_write_killable(&pond->fourth))
		return VM_FAULT_NOPAGE;
	return 0;
}
