// -D fn=the_function -D sleep=the_callee
int the_function(struct pond *pond)
{
	int ret = VM_FAULT_NOPAGE;
	int err = 0;

	if (pond->frozen)
		err = the_callee(pond);
	else
		ret = pond_insert(pond);
	if (err) {
		goto out;
	} else {
		pond_release(pond);
	}
out:
	return ret;
}
