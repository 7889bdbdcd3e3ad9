// -D fn=box_release -D from=lock_interruptible -D to=lock_plain -D returns_nothing
static int box_release(struct inode *inode, struct file *file)
{
	struct box *box = file->private_data;
	int err;

	err = lock_interruptible(&box->lock);
	if (err < 0)
		return err;

	if (lock_interruptible(&box->list))
		return -ERESTARTSYS;
	if (lock_interruptible(&box->ring) != 0) {
		pr_info("interrupted\n");
		goto out;
	}

	(void)lock_interruptible(&box->a);
	lock_interruptible(&box->b);
	while (lock_interruptible(&box->c))
		;
	/* Both branches mean something. */
	if (lock_interruptible(&box->d))
		return -EINTR;
	else
		work(box);
	if (!lock_interruptible(&box->e))
		work(box);
out:
	return lock_interruptible(&box->f);
}

static int box_ioctl(struct box *box)
{
	return lock_interruptible(&box->lock);
}
