// SPDX-License-Identifier: GPL-2.0-only
/* spufs: what asks for a fatal signal is no interruptible sleep. */
#include <linux/mm.h>
#include <linux/sched/signal.h>

static int spool_fault(struct vm_fault *vmf)
{
	if (fatal_signal_pending(current))
		return VM_FAULT_SIGBUS;
	return VM_FAULT_NOPAGE;
}

static const struct vm_operations_struct spool_ops = {
	.fault = spool_fault,
};

/* One that asks for any signal is. */
static int spool_signal_fault(struct vm_fault *vmf)
{
	if (signal_pending(current))
		return VM_FAULT_SIGBUS;
	return VM_FAULT_NOPAGE;
}

static const struct vm_operations_struct spool_signal_ops = {
	.fault = spool_signal_fault,
};
