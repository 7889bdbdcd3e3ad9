// -D fn=switch_fault -D sleep=down_killable,held_up -D result=VM_FAULT_SIGBUS
vm_fault_t switch_fault(struct vm_fault *vmf)
{
	int err;

	err = held_up(vmf);
	if (err) {
		switch (err) {
		case -EBUSY:
		case -EINTR:
			return VM_FAULT_NOPAGE;
		default:
			break;
		}
		return VM_FAULT_NOPAGE;
	}
	switch (vmf->flags) {
	case 0:
		if (down_killable(&sem))
			return VM_FAULT_NOPAGE;
		break;
	}
	return 0;
}
