// -D fn=box_release -D from=wait_event_interruptible -D to=wait_event -D returns_nothing -D unbounded
static int box_release(struct inode *inode, struct file *file)
{
	struct box *box = file->private_data;

	while (wait_event_interruptible(box->queue,
					box->idle && !box->dead))
		;
	/* A comment in a loop is about the loop. */
	while (wait_event_interruptible(box->queue, box->dead))
		; /* until it is so */
	wait_event_interruptible(box->queue, box->done);
	if (wait_event_interruptible(box->queue, box->gone))
		return -EINTR;
	return 0;
}
