// -D fn=turned_fault -D sleep=down_killable,held_up -D result=VM_FAULT_SIGBUS
vm_fault_t turned_fault(struct vm_fault *vmf)
{
	int err;

	if (0 != down_killable(&sem))
		return VM_FAULT_NOPAGE;
	err = held_up(vmf);
	if (-EINTR == err)
		return VM_FAULT_NOPAGE;
	if (-EBUSY == err)
		return VM_FAULT_NOPAGE;
	if (0 > vmf->flags)
		return VM_FAULT_NOPAGE;
	return 0;
}
