/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_MM_H
#define _LINUX_MM_H

#include <linux/mm_types.h>

#define FAULT_FLAG_ALLOW_RETRY	0x04
#define FAULT_FLAG_RETRY_NOWAIT	0x08

#define VM_FAULT_OOM	0x0001
#define VM_FAULT_SIGBUS	0x0002
#define VM_FAULT_NOPAGE	0x0100
#define VM_FAULT_RETRY	0x0400

struct vm_fault {
	struct vm_area_struct *vma;
	unsigned int flags;
	unsigned long address;
};

/* No vm_fault_t yet: a handler returns int. */
struct vm_operations_struct {
	void (*open)(struct vm_area_struct *area);
	int (*fault)(struct vm_fault *vmf);
	int (*page_mkwrite)(struct vm_fault *vmf);
};

static inline int vm_insert_pfn(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn)
{
	return 0;
}

#endif
