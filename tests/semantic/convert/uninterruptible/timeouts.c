// -D fn=box_release -D from=wait_interruptible_timeout -D to=wait_timeout
static int box_release(struct inode *inode, struct file *file)
{
	struct box *box = file->private_data;
	long left;

	left = wait_interruptible_timeout(&box->done,
					  2 * HZ);
	if (left < 0)
		return left;
	left = wait_interruptible_timeout(&box->done, HZ);
	if (left == -ERESTARTSYS)
		return -EINTR;
	if (wait_interruptible_timeout(&box->done, HZ) < 0)
		return -EINTR;
	left = wait_interruptible_timeout(&box->done, HZ);
	if (left <= 0)
		pr_info("late\n");
	if (!wait_interruptible_timeout(&box->done, HZ))
		return -ETIMEDOUT;
	return 0;
}
