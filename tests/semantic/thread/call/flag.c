// -D fn=pond_drain_state -D callee=pond_wait -D renamed=pond_wait_state -D value=state -D index=1 -D flag=intr
int pond_drain_state(struct pond *pond, unsigned int state, long timeout)
{
	long left = pond_wait(pond, intr, timeout);
	int err;

	if (left < 0)
		return left;
	if ((err = pond_wait(pond, true, timeout)))
		goto out;
	if (pond_wait(pond, intr, 1) || pond_wait(pond, intr,
						  2))
		return -EBUSY;
	WARN_ON(pond_wait(pond, !!intr, timeout));

	/* Somebody else's flag, and no signal at all, stay what they are. */
	pond_wait(pond, false, timeout);
	pond_wait(pond, pond->intr, timeout);
	pond_wait(pond, intr | POND_DEEP, timeout);
	pond_wait(pond);
	pond->ops->pond_wait(pond, intr, timeout);
	pond_wait_all(pond, intr, timeout);

#ifdef CONFIG_POND_DEEP
	err = pond_wait(pond,
			intr, /* as the caller wants it */
			timeout);
#else
	err = pond_wait(pond, /* don't wait, or do */ intr, timeout);
#endif
	while ((left = pond_wait(pond, intr, left ? left :
				 pond->patience)) > 0) {
		if (pond_is_dry(pond)) {
			left = pond_wait(pond, intr,
				pond->patience);
			break;
		}
	}
	list_for_each_entry(next, &pond->list, link)
		err = pond_wait(next, intr, max(pond->patience, next->patience) + 1);
	pond_trace(pond, pond_wait(pond, intr, pond_timeout("a, b(")), ',');
	if (pond_is_dry(pond) && pond_is_deep(pond)) {
		if (timeout) {
			err = pond_wait(next, intr, max(pond->patience, next->patience));
			pond->err = pond_wait(next, intr, max(pond->patience, next->patience) + 1);
			pond->err = pond_wait(next, intr,
					      pond_most_patient(pond_neighbours(next,
								POND_DEEP)));
		}
	}
	return pond_wait(pond, intr, timeout);
out:
	return err;
}

int pond_fill(struct pond *pond, bool intr)
{
	return pond_wait(pond, intr, 1);
}
