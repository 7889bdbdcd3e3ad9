// -D fn=pond_fault -D wait_event_interruptible
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	return wait_event_interruptible(pond->queue,
					pond->filled ||
					pond->dead) ? VM_FAULT_NOPAGE : 0;
}
