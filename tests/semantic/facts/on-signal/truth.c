// -D fn=the_function -D sleep=the_callee
bool the_function(struct pond *pond)
{
	if (the_callee(pond))
		return false;
	return true;
}
