/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_WORKQUEUE_H
#define _LINUX_WORKQUEUE_H

#include <linux/types.h>

struct work_struct;
typedef void (*work_func_t)(struct work_struct *work);

struct work_struct {
	work_func_t func;
};

#define INIT_WORK(work, function) ((work)->func = (function))

bool schedule_work(struct work_struct *work);
bool flush_work(struct work_struct *work);

#endif /* _LINUX_WORKQUEUE_H */
