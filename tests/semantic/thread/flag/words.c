// -D fn=pond_words_state -D state=state -D flag=intr -D primitives=mutex_lock_interruptible
int pond_words_state(struct pond *pond, bool deep, unsigned int state)
{
	int err = 0;

	err = pond_wait(pond, intr == true ? TASK_INTERRUPTIBLE : TASK_UNINTERRUPTIBLE);
	if (false != intr)
		return mutex_lock_interruptible(&pond->lock);
	if (intr == deep || deep == true)
		return mutex_lock_interruptible(&pond->lock);
	if (!intr)
		mutex_lock(&pond->lock);
	else
		err = mutex_lock_interruptible(&pond->lock);
	if (intr == false)
		mutex_lock(&pond->lock);
	else
		err = mutex_lock_interruptible(&pond->lock);
	return err;
}
