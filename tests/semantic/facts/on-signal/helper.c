// -D fn=pond_wait -D sleep=wait_event_killable
static int pond_wait(struct pond *pond)
{
	int err;

	if (pond->deep)
		return wait_event_killable(pond->queue, pond->filled);
	err = wait_event_killable(pond->queue, pond->filled);
	if (err)
		return err;
	return 0;
}
