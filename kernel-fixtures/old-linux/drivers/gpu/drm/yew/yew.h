/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _YEW_H
#define _YEW_H

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/reservation.h>

struct yew_bo {
	struct reservation_object *resv;
	unsigned long pfn;
};

int yew_bo_reserve(struct yew_bo *bo);
int yew_bo_mmap(struct file *filp, struct vm_area_struct *vma);

#endif
