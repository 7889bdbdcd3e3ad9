// -D fn=chain -D errno=EINTR
static vm_fault_t chain(int err)
{
	if (err == -ENOMEM)
		return VM_FAULT_OOM;
	else if (err == -EINTR || err == -ERESTARTSYS)
		return VM_FAULT_NOPAGE;
	return VM_FAULT_SIGBUS;
}
