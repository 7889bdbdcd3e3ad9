// -D fn=lake_fault -D result=VM_FAULT_SIGBUS
static vm_fault_t lake_fault(struct vm_fault *vmf)
{
	migrate_disable();
	while (!lake->filled)
		schedule_timeout_killable(1);
	migrate_enable();
	return 0;
}
