// -D fn=nested_fault,innocent_fault -D sleep=held_up -D result=VM_FAULT_SIGBUS
vm_fault_t nested_fault(struct vm_fault *vmf)
{
	int err = held_up(vmf);

	if (err)
		return err == -ENOMEM ? VM_FAULT_OOM : err == -EBUSY ? VM_FAULT_NOPAGE : VM_FAULT_RETRY;
	return 0;
}

vm_fault_t innocent_fault(struct vm_fault *vmf)
{
	int err = held_up(vmf);

	if (err)
		return err == -ENOMEM ? VM_FAULT_OOM : err == -EBUSY ? VM_FAULT_SIGSEGV : VM_FAULT_SIGBUS;
	return vmf->flags ? VM_FAULT_NOPAGE : vmf->pgoff ? 0 : VM_FAULT_NOPAGE;
}
