// -D fn=pond_fault -D context=pond_ctx -D to=state
static vm_fault_t pond_fault(struct vm_fault *vmf)
{
	struct pond_ctx ctx = { .state = TASK_INTERRUPTIBLE, .pond = vmf->pond };
	struct pond_ctx asleep = {
		.pond = vmf->pond,
		/* Nothing may end it. */
		.state = TASK_UNINTERRUPTIBLE,
	};
	struct pond_ctx *given = vmf->ctx;
	struct pond_ctx later;
	struct pool_ctx pool = { .state = TASK_INTERRUPTIBLE };

#ifdef CONFIG_POND_DEEP
	later.state = TASK_INTERRUPTIBLE;
#else
	later.state = TASK_UNINTERRUPTIBLE;
#endif
	if (pond_is_frozen(vmf->pond) &&
	    (later.state = TASK_INTERRUPTIBLE))
		goto out;
	given->state = TASK_INTERRUPTIBLE;
	vmf->state = TASK_INTERRUPTIBLE;
	set_current_state(TASK_INTERRUPTIBLE);
out:
	return pond_wait(vmf, &ctx);
}

static int pond_read(struct pond *pond)
{
	struct pond_ctx ctx = { .state = TASK_INTERRUPTIBLE };

	return pond_wait(pond, &ctx);
}
