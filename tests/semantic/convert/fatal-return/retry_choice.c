// -D fn=foo_fault -D sleep=mutex_lock_killable -D result=VM_FAULT_SIGBUS -D only_signal
static vm_fault_t foo_fault(struct foo *foo, bool mmap_lock_held)
{
	int err;

	/* VM_FAULT_RETRY says that mmap_lock is not held. */
	err = mutex_lock_killable(&foo->lock);
	if (err)
		return mmap_lock_held ? VM_FAULT_NOPAGE : VM_FAULT_RETRY;

	if (mutex_lock_killable(&foo->other))
		return foo->dropped ? VM_FAULT_RETRY : VM_FAULT_NOPAGE;

	if (mutex_lock_killable(&foo->third))
		return foo->here ? (foo->dropped ? VM_FAULT_RETRY : VM_FAULT_NOPAGE) : VM_FAULT_OOM;

	err = foo->ready ? 0 : -EAGAIN;
	if (!err)
		err = mutex_lock_killable(&foo->fourth);
	if (err)
		return mmap_lock_held ? VM_FAULT_NOPAGE : VM_FAULT_RETRY;

	return 0;
}
