// -D queue=filled_queue -D wake_up_interruptible -D wake_up_interruptible_all -D wake_up_interruptible_poll
static DECLARE_WAIT_QUEUE_HEAD(filled_queue);

static irqreturn_t pond_irq(int irq, void *data)
{
	struct pond *pond = data;

	wake_up_interruptible(&pond->filled_queue);
	if (pond->next)
		wake_up_interruptible_all(&pond->next->side.filled_queue);
	wake_up_interruptible(&filled_queue);
	wake_up_interruptible(&pond->banks[3].filled_queue);
	wake_up_interruptible(pond->filled_queue);
	wake_up_interruptible_poll(&pond->filled_queue, EPOLLIN | EPOLLRDNORM);
	wake_up_interruptible(&pond->drained_queue);
	wake_up_interruptible_nr(&pond->filled_queue, 2);
	return IRQ_HANDLED;
}
