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

#define with_ebony_power(obj, power) \
	for ((power) = ebony_power_get(obj); (power); \
	     ebony_power_put((obj), (power)), (power) = 0)

#endif /* EBONY_H */
