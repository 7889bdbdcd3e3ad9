/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_SLAB_H
#define _LINUX_SLAB_H

#include <linux/types.h>

#define GFP_KERNEL 0xcc0u

void *kzalloc(size_t size, gfp_t flags);
void kfree(const void *p);

#endif /* _LINUX_SLAB_H */
