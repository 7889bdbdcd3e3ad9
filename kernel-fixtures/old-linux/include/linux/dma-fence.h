/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_DMA_FENCE_H
#define _LINUX_DMA_FENCE_H

struct dma_fence;

extern signed long dma_fence_wait_timeout(struct dma_fence *fence, bool intr, signed long timeout);

#endif
