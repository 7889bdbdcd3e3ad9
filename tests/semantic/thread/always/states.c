// -D fn=pond_wait_state -D state=task_state
long pond_wait_state(struct pond *pond, long timeout, unsigned int task_state)
{
	int state = TASK_INTERRUPTIBLE;
	unsigned int other;
	DEFINE_WAIT(wait);

	for (;;) {
		prepare_to_wait(&pond->queue, &wait,
				TASK_INTERRUPTIBLE);
		if (pond->filled || signal_pending(current))
			break;
		set_current_state(TASK_INTERRUPTIBLE); /* until somebody pours */
		timeout = schedule_timeout(timeout);
		if (timeout > 0 &&
		    signal_pending(current)) {
			timeout = -ERESTARTSYS;
			goto out;
		}
	}
	other = TASK_INTERRUPTIBLE;
	if (___wait_var_event(pond, pond_is_idle(pond),
			      TASK_INTERRUPTIBLE, 0, 0, schedule()))
		return -EINTR;
	if ((err = wait_on_bit(&pond->flags, POND_BUSY, TASK_INTERRUPTIBLE)))
		return err;
#ifdef CONFIG_POND_WAKERS
	timeout = wait_woken(&wait, TASK_INTERRUPTIBLE, timeout);
#endif
	/* About others. */
	__wake_up(&pond->queue, TASK_INTERRUPTIBLE, 1, NULL);
	wake_up_state(pond->task, TASK_INTERRUPTIBLE);
	if (signal_pending(pond->task) || READ_ONCE(pond->task->__state) == TASK_INTERRUPTIBLE)
		timeout = 0;
out:
	finish_wait(&pond->queue, &wait);
	return timeout;
}

static void pond_thread(void)
{
	set_current_state(TASK_INTERRUPTIBLE);
	schedule();
}
