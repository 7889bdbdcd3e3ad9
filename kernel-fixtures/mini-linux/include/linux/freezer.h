/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_FREEZER_H
#define _LINUX_FREEZER_H

#include <linux/types.h>

bool set_freezable(void);
bool try_to_freeze(void);

#endif /* _LINUX_FREEZER_H */
