// -D fn=the_function -D sleep=the_callee
int the_function(struct vm_fault *vmf)
{
	int ret;

	lily = the_callee(pond);
	if (lily) {
		ret = lily;
		goto out;
	}
	ret = VM_FAULT_NOPAGE;
	return ret;
out:
	return pond_to_fault(ret);
}
