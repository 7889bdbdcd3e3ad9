/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_FS_H
#define _LINUX_FS_H

#include <linux/mm_types.h>

typedef void* fl_owner_t;

struct inode {
  unsigned long i_ino;
  loff_t i_size;
  void* i_private;
};

struct file {
  struct inode* f_inode;
  void* private_data;
};

struct file_operations {
  ssize_t (*read)(struct file* file, char __user* buf, size_t len, loff_t* pos);
  long (*unlocked_ioctl)(struct file* file, unsigned int cmd, unsigned long arg);
  int (*mmap)(struct file* file, struct vm_area_struct* vma);
  int (*open)(struct inode* inode, struct file* file);
  int (*flush)(struct file* file, fl_owner_t id);
  int (*release)(struct inode* inode, struct file* file);
};

static inline struct inode* file_inode(const struct file* file) {
  return file->f_inode;
}

vm_fault_t filemap_fault(struct vm_fault* vmf);
void file_update_time(struct file* file);

#endif /* _LINUX_FS_H */
