/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_DMA_RESV_H
#define _LINUX_DMA_RESV_H

#include <linux/ww_mutex.h>

struct dma_resv {
	struct ww_mutex lock;
};

/* A macro is no model for a function that the tree lacks. */
#define dma_resv_lock_interruptible(obj, ctx) \
	ww_mutex_lock_interruptible(&(obj)->lock, ctx)
#define dma_resv_unlock(obj) ww_mutex_unlock(&(obj)->lock)

#endif /* _LINUX_DMA_RESV_H */
