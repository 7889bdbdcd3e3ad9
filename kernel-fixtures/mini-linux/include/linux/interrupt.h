/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_INTERRUPT_H
#define _LINUX_INTERRUPT_H

#include <linux/types.h>

typedef enum { IRQ_NONE, IRQ_HANDLED } irqreturn_t;
typedef irqreturn_t (*irq_handler_t)(int irq, void *data);

int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags, const char *name,
		void *data);

#endif /* _LINUX_INTERRUPT_H */
