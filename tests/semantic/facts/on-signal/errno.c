// -D fn=the_function -D sleep=the_callee
int the_function(struct pond *pond)
{
	while (pond_is_frozen(pond)) {
		if (the_callee(pond))
			return -EINTR;
		pond_look(pond);
	}
	return 0;
}

bool pond_other(struct pond *pond)
{
	if (the_callee(pond))
		return -EIO;
	return true;
}
