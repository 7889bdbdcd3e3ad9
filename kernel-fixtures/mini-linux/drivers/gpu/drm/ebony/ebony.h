/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef EBONY_H
#define EBONY_H

#include <linux/mutex.h>

struct ebony_object {
	struct mutex lock;
	unsigned long pfn;
	int power;
};

int ebony_power_get(struct ebony_object *obj);
void ebony_power_put(struct ebony_object *obj, int power);

#define EBONY_HAS_POWER(power, obj) (((power) = ebony_power_get(obj)) > 0)

#endif /* EBONY_H */
