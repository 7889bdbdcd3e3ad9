/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_MM_TYPES_H
#define _LINUX_MM_TYPES_H

struct file;

struct rw_semaphore {
	long count;
};

struct mm_struct {
	struct rw_semaphore mmap_sem;
};

struct vm_area_struct {
	unsigned long vm_start;
	unsigned long vm_flags;
	struct mm_struct *vm_mm;
	const struct vm_operations_struct *vm_ops;
	struct file *vm_file;
	void *vm_private_data;
};

#endif
