// -D fn=box_fault -D from=box_lock_interruptible -D to=box_lock_killable
static vm_fault_t box_fault(struct vm_fault *vmf)
{
	int err = box_lock_interruptible(vmf->box);

	/* box_lock_interruptible() stays in a comment */
	if (!err && (err = box_lock_interruptible(vmf->box)))
		return VM_FAULT_NOPAGE;
	if (box_lock_interruptible(vmf->box) ||
	    box_lock_interruptible(other(vmf, /* a remark */
					 NULL)))
		goto again;
	take(box_lock_interruptible);
again:
	return BOX_TRY(box_lock_interruptible(vmf->box));
}

static int box_ioctl(struct box *box)
{
	return box_lock_interruptible(box);
}
