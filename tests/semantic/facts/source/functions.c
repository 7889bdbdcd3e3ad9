// --very-quiet
struct context {
	bool intr : 1, *other;
	int (*wait)(struct context *c, int state);
	struct { int deep; } sub;
	union { long a; };
};

static const struct ops gru_ops = {
	.fault = gru_fault,
	.in.open = &gru_open,
	.nested = { .close = gru_close },
};
static struct ops table[] = { { .fault = first }, [3] = { .fault = third } };

static int wait(struct context *c, bool intr, unsigned long flags[4])
{
	struct context local = { .intr = true, .sub = { .deep = 1 } };
	const char *text = "x";
	int ret, n = 0;

	if (!intr)
		return c->wait(c, 1);
	else if (n)
		ret = plain(c, &local);
	for (n = 0; n < 3; n++)
		ret |= FLAG;
	while (ret && more(c))
		n -= 2;
	local.intr = intr ? yes() : no();
	c->sub.deep = 2;
	return ret || (*c->wait)(&local, n);
}
