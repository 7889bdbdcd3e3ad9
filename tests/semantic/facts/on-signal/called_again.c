// -D fn=the_function -D sleep=the_callee
int the_function(struct pond *pond)
{
	int ret;

	ret = the_callee(pond, 1);
	if (ret) {
		pond_shrink(pond);
		ret = the_callee(pond, 2);
		if (ret)
			return VM_FAULT_OOM;
	}
	return VM_FAULT_NOPAGE;
}
