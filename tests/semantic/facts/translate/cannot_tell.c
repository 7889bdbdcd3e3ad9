// -D fn=loop -D errno=EINTR
static vm_fault_t loop(int err)
{
	while (err == -EINTR)
		err = x();
	return VM_FAULT_SIGBUS;
}
