// -D fn=pond_fault -D set_current_state -D __set_current_state -D prepare_to_wait -D wait_on_bit -D wait_woken -D schedule_timeout_interruptible
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	DEFINE_WAIT(wait);

	for (;;) {
		prepare_to_wait(&pond->queue, &wait,
				TASK_INTERRUPTIBLE);
		if (pond->filled)
			break;
		schedule();
	}
	finish_wait(&pond->queue, &wait);
	set_current_state(TASK_INTERRUPTIBLE); /* until somebody pours */
	schedule_timeout(HZ);
	__set_current_state(pond->deep ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE);
	schedule_timeout_interruptible(HZ);
	set_current_state(TASK_RUNNING);
	if (wait_on_bit(&pond->flags, POND_BUSY, TASK_INTERRUPTIBLE))
		return VM_FAULT_NOPAGE;
	left = wait_woken(&wait, TASK_INTERRUPTIBLE, left);
	prepare_to_wait_exclusive(&pond->queue, &wait, TASK_INTERRUPTIBLE);
	return 0;
}

static void pond_thread(void)
{
	set_current_state(TASK_INTERRUPTIBLE);
	schedule();
}
