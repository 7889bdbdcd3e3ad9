// -D fn=box_release -D from=lock_interruptible -D to=lock_plain -D returns_nothing
static int box_release(struct inode *inode, struct file *file)
{
	struct box *box = file->private_data;
	int ret, anew, first = 0;

	ret = lock_interruptible(&box->lock);
	if (ret)
		return ret;
	if (box->error)
		ret = box->error;

	anew = lock_interruptible(&box->list);
	if (anew)
		goto out;
	anew = work(box, first);
	ret += anew;
out:
	return ret;
}
