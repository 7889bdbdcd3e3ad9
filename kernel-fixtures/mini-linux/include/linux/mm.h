/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_MM_H
#define _LINUX_MM_H

#include <linux/err.h>
#include <linux/mm_types.h>
#include <linux/mmap_lock.h>

#define PAGE_SHIFT 12
#define PAGE_SIZE (1UL << PAGE_SHIFT)
#define VM_PFNMAP 0x00000400

struct vm_fault {
	struct vm_area_struct *vma;
	pgoff_t pgoff;
	unsigned long address;
	enum fault_flag flags;
	struct page *page;
};

struct vm_operations_struct {
	void (*open)(struct vm_area_struct *area);
	void (*close)(struct vm_area_struct *area);
	vm_fault_t (*fault)(struct vm_fault *vmf);
	vm_fault_t (*huge_fault)(struct vm_fault *vmf, enum page_entry_size pe_size);
	vm_fault_t (*map_pages)(struct vm_fault *vmf, pgoff_t start, pgoff_t end);
	vm_fault_t (*page_mkwrite)(struct vm_fault *vmf);
	vm_fault_t (*pfn_mkwrite)(struct vm_fault *vmf);
	int (*access)(struct vm_area_struct *vma, unsigned long addr, void *buf, int len, int write);
};

static inline vm_fault_t vmf_error(int err)
{
	return err == -ENOMEM ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
}

int vm_insert_page(struct vm_area_struct *vma, unsigned long addr, struct page *page);
vm_fault_t vmf_insert_pfn(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn);

static inline vm_fault_t vmf_insert_page(struct vm_area_struct *vma, unsigned long addr,
					 struct page *page)
{
	int err = vm_insert_page(vma, addr, page);

	return err && err != -EBUSY ? vmf_error(err) : VM_FAULT_NOPAGE;
}

int remap_pfn_range(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn,
		    unsigned long size, unsigned long prot);
struct vm_area_struct *_install_special_mapping(struct mm_struct *mm, unsigned long addr,
						unsigned long len, unsigned long flags,
						const struct vm_special_mapping *spec);
struct pt_regs;

#ifdef CONFIG_MMU
vm_fault_t handle_mm_fault(struct vm_area_struct *vma, unsigned long address, unsigned int flags,
			   struct pt_regs *regs);
bool is_vm_hugetlb_page(struct vm_area_struct *vma);
vm_fault_t hugetlb_fault(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long address,
			 unsigned int flags);
void mm_account_fault(struct mm_struct *mm, struct pt_regs *regs, unsigned long address,
		      unsigned int flags, vm_fault_t ret);
#else
/* Nothing sleeps below this one. */
static inline vm_fault_t handle_mm_fault(struct vm_area_struct *vma, unsigned long address,
					 unsigned int flags, struct pt_regs *regs)
{
	return VM_FAULT_SIGBUS;
}
#endif

void lock_page(struct page *page);
void unlock_page(struct page *page);

#endif /* _LINUX_MM_H */
