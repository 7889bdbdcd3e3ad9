// -D fn=the_function -D sleep=the_callee
/* A choice among the arguments is not the value of the call. One within a choice is not followed. */
int the_function(struct pond *pond, int write)
{
	int ret = the_callee(pond, write ? 1 : 2, 3);

	if (ret) {
		ret = the_callee(pond, write ? 1 : 2, 4);
		return ret;
	}
	ret = the_callee(pond, 0, 0);
	if (ret)
		return ret == -EINTR ? VM_FAULT_NOPAGE : write ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
	return 0;
}
