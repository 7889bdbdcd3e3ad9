/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_DMA_FENCE_H
#define _LINUX_DMA_FENCE_H

#include <linux/types.h>

struct dma_fence {
	unsigned long flags;
};

long dma_fence_wait(struct dma_fence *fence, bool intr);
long dma_fence_wait_timeout(struct dma_fence *fence, bool intr, long timeout);

#endif /* _LINUX_DMA_FENCE_H */
