// -D fn=pond_fault -D down_interruptible
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	while (down_interruptible(&pond->sem))
		cond_resched();
	if (down_timeout(&pond->sem, HZ))
		return VM_FAULT_NOPAGE;
	return down_interruptible(&pond->sem) ? VM_FAULT_NOPAGE : 0;
}

static int pond_open(struct inode *inode, struct file *file)
{
	return down_interruptible(&pond->sem);
}
