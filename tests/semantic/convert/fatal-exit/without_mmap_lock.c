// -D fn=pond_fault -D result=VM_FAULT_SIGBUS
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	mmap_read_unlock(vmf->vma->vm_mm);
	while (!pond->filled)
		schedule_timeout_killable(1);
	mmap_read_lock(vmf->vma->vm_mm);
	return 0;
}
