// -D fn=pond_to_fault -D errno=EIO
static vm_fault_t pond_to_fault(struct x *x, int err)
{
	switch (err) {
	case 0:
	case -EINTR:
	case -ERESTARTSYS:
		pr_err("a");
		fallthrough;
	case -EAGAIN:
		return VM_FAULT_NOPAGE;
	case -ENOMEM:
		return VM_FAULT_OOM;
	default:
		return VM_FAULT_SIGBUS;
	}
}
