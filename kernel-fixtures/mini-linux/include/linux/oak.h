/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_OAK_H
#define _LINUX_OAK_H

#include <linux/mutex.h>

struct oak_object {
	struct mutex lock;
	unsigned long pfn;
};

int oak_reserve(struct oak_object *obj);
int oak_lend(struct oak_object *obj);

#endif /* _LINUX_OAK_H */
