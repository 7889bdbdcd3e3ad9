// -D fn=pond_error -D errno=EINTR
static inline vm_fault_t pond_error(int err)
{
	if (!err)
		return VM_FAULT_NOPAGE;
	return err == -ENOMEM ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
}
