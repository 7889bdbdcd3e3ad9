/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BIRCH_H
#define BIRCH_H

#include <linux/mm.h>
#include <linux/mutex.h>

struct birch_object {
	struct mutex lock;
	struct page *page;
};

vm_fault_t birch_fault(struct vm_fault *vmf);

#endif /* BIRCH_H */
