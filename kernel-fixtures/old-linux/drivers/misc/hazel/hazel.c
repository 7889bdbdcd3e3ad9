// SPDX-License-Identifier: GPL-2.0-only
/* GRU of 4.19: both the mutex and preemption are given back before the sleep. */
#include <linux/mm.h>
#include <linux/mutex.h>

struct hazel_state {
	struct mutex lock;
	void *unit;
};

static int hazel_fault(struct vm_fault *vmf)
{
	struct hazel_state *state = vmf->vma->vm_private_data;

again:
	mutex_lock(&state->lock);
	preempt_disable();
	if (!state->unit) {
		if (!hazel_assign(state)) {
			preempt_enable();
			mutex_unlock(&state->lock);
			set_current_state(TASK_INTERRUPTIBLE);
			schedule_timeout(10);
			goto again;
		}
	}
	preempt_enable();
	mutex_unlock(&state->lock);
	return VM_FAULT_NOPAGE;
}

static const struct vm_operations_struct hazel_ops = {
	.fault = hazel_fault,
};
