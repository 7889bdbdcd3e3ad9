// -D fn=the_function -D sleep=the_callee
int the_function(struct pond *pond)
{
	int ret;

	ret = the_callee(pond);
	if (ret) {
		goto behind;
	} else {
		ret = pond_fill(pond);
	}
behind:
	if (ret)
		return VM_FAULT_SIGBUS;
	return VM_FAULT_NOPAGE;
}
