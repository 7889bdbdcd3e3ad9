// -D fn=pond_fault -D result=VM_FAULT_SIGBUS
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	get_pond(pond);
	while (!pond->filled)
		schedule_timeout_killable(1);
	put_pond(pond);
	return 0;
}
