/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_JIFFIES_H
#define _LINUX_JIFFIES_H

#include <linux/types.h>

#define HZ 250

extern unsigned long volatile jiffies;
unsigned long msecs_to_jiffies(unsigned int ms);

#define time_after(a, b) ((long)((b) - (a)) < 0)
#define time_before(a, b) time_after(b, a)

#endif /* _LINUX_JIFFIES_H */
