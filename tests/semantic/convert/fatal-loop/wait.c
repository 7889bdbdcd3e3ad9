// -D fn=pond_wait -D sleep=wait_event_killable
static int pond_wait(struct pond *pond)
{
	int err;

	do {
		err = wait_event_killable(pond->done, pond->full);
	} while (err == -ERESTARTSYS);
	return err;
}

static int pool_wait(struct pond *pond)
{
	int err;

	do {
		err = wait_event_killable(pond->done, pond->full);
	} while (err == -ERESTARTSYS);
	return err;
}
