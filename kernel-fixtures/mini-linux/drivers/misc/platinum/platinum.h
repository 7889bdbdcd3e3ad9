/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PLATINUM_H
#define PLATINUM_H

#include <linux/mutex.h>
#include <linux/types.h>

struct platinum_tank {
	struct mutex lock;
	unsigned long pfn;
};

int platinum_drain(struct platinum_tank *tank, bool intr);

#endif /* PLATINUM_H */
