// -D fn=success_fault -D sleep=down_killable,held_up -D result=VM_FAULT_SIGBUS
vm_fault_t success_fault(struct vm_fault *vmf)
{
	bool ok = held_up(vmf) == 0;
	bool other = vmf->flags == 0;

	if (!ok)
		return VM_FAULT_NOPAGE;
	if (!other)
		return VM_FAULT_NOPAGE;
	ok = !down_killable(&sem);
	if (!ok) {
		other = true;
		return VM_FAULT_NOPAGE;
	}
	if (ok)
		return VM_FAULT_NOPAGE;
	ok = vmf->flags == 0;
	if (!ok)
		return VM_FAULT_NOPAGE;
	return 0;
}
