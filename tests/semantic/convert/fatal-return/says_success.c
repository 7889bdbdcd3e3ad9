// -D fn=granted_fault -D sleep=grant -D result=VM_FAULT_SIGBUS -D says_success
vm_fault_t granted_fault(struct vm_fault *vmf)
{
	bool granted;

	if (!grant(vmf->first))
		return VM_FAULT_NOPAGE;
	if (grant(vmf->second) == 0)
		return VM_FAULT_NOPAGE;
	if (unlikely(grant(vmf->third) == false))
		return VM_FAULT_NOPAGE;
	granted = grant(vmf->fourth);
	if (!granted)
		return VM_FAULT_NOPAGE;
	if (grant(vmf->fifth))
		return VM_FAULT_NOPAGE;
	granted = grant(vmf->sixth);
	if (granted)
		return VM_FAULT_NOPAGE;
	if (!vmf->page)
		return VM_FAULT_NOPAGE;
	granted = ready(vmf);
	if (!granted)
		return VM_FAULT_NOPAGE;
	return 0;
}
