/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _CADMIUM_H
#define _CADMIUM_H

#include <linux/mutex.h>

struct cadmium_context {
	struct mutex lock;
	unsigned long pfn;
};

int idr_refill(struct cadmium_context *context);

#endif /* _CADMIUM_H */
